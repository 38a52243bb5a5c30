"""Pictures: what is refused, what is kept, and the sizes made of it."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from accounts.selectors import default_merchant
from catalog.models import Picture
from catalog.selectors import pictures as paths
from catalog.services import pictures
from core import pictures as uploads

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    """Return a media folder of this test's own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def encoded(form="PNG", size=(64, 48), mode="RGB", colour="teal", **options):
    """Return a small picture's bytes."""
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, form, **options)
    return buffer.getvalue()


def bomb(width, height):
    """Return a PNG of a few bytes whose header promises so many pixels."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")
    )


def store(content):
    return pictures.store(merchant=default_merchant(), content=io.BytesIO(content))


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


WRONG = {
    "nothing": b"",
    "text": b"this is no picture",
    "svg": SVG,
    "html": b"<html><script>alert(1)</script></html>",
    "php": b"\xff\xd8\xff\xe0<?php echo 1; ?>",
    "pdf": b"%PDF-1.4\n%%EOF",
    "tiff": encoded("TIFF"),
    "bmp": encoded("BMP"),
    "ico": encoded("ICO", size=(16, 16)),
    "png cut short": encoded(size=(640, 480))[:200],
    "jpeg cut short": encoded("JPEG", size=(640, 480))[:700],
    "webp cut short": encoded("WEBP", size=(640, 480))[:60],
    "gif cut short": encoded("GIF", size=(640, 480))[:40],
    "header only": b"\x89PNG\r\n\x1a\n",
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_no_picture_is_refused_and_nothing_is_kept(media, kind):
    with pytest.raises(uploads.NotAPictureError):
        store(WRONG[kind])

    assert not Picture.objects.exists()
    assert files(media) == []


@pytest.mark.parametrize(("width", "height"), [(10_000, 5_000), (25_000, 25_000), (60_000, 60_000), (20_000_001, 1)])
def test_a_small_file_of_too_many_pixels_is_refused_before_it_fills_the_memory(media, width, height):
    with pytest.raises(uploads.TooLargeError):
        store(bomb(width, height))

    assert not Picture.objects.exists()
    assert files(media) == []


def test_a_file_of_too_many_bytes_is_refused_unread(media, settings):
    settings.PICTURE_BYTE_LIMIT = len(encoded())
    kept = store(encoded())

    with pytest.raises(uploads.TooLargeError):
        store(encoded() + b"\n")

    assert list(Picture.objects.values_list("pk", flat=True)) == [kept.pk]
    assert files(media) == [f"{kept.name}.webp"]


@pytest.mark.parametrize("form", uploads.FORMATS)
def test_each_format_we_take_is_encoded_again_as_webp(media, form):
    kept = store(encoded(form))

    with Image.open(media / paths.master_path(kept.name)) as master:
        assert (master.format, master.size, master.mode) == ("WEBP", (64, 48), "RGB")
    assert (kept.width, kept.height) == (64, 48)


def test_where_it_was_taken_and_whatever_else_was_in_the_file_is_gone(media):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif.get_ifd(0x8825)[2] = (31.0, 13.0, 43.0)
    content = encoded("JPEG", exif=exif, comment=b"secret comment") + b"<?php secret tail ?>"

    kept = store(content)

    stored = (media / paths.master_path(kept.name)).read_bytes()
    assert b"secret" not in stored
    assert b"taken at home" not in stored
    with Image.open(io.BytesIO(stored)) as master:
        assert dict(master.getexif()) == {}


def test_a_picture_taken_sideways_is_turned_upright(media):
    exif = Image.Exif()
    exif[0x0112] = 6

    kept = store(encoded("JPEG", size=(60, 40), exif=exif))

    assert (kept.width, kept.height) == (40, 60)


def test_a_large_picture_is_kept_at_2400_pixels(media):
    kept = store(encoded("JPEG", size=(4800, 1200)))

    assert (kept.width, kept.height) == (2400, 600)


@pytest.mark.parametrize(("mode", "colour"), [("RGBA", (0, 0, 0, 0)), ("LA", (0, 0)), ("P", 0)])
def test_what_is_transparent_becomes_white(media, mode, colour):
    options = {"transparency": 0} if mode == "P" else {}

    kept = store(encoded(mode=mode, colour=colour, **options))

    with Image.open(media / paths.master_path(kept.name)) as master:
        assert master.getpixel((0, 0)) == (255, 255, 255)


def test_of_an_animation_the_first_frame_is_taken(media):
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), (0, shade % 256, shade // 256)) for shade in range(1, 2000)]
    Image.new("RGB", (8, 8), "red").save(buffer, "GIF", save_all=True, append_images=frames)

    kept = store(buffer.getvalue())

    with Image.open(media / paths.master_path(kept.name)) as master:
        shown, frames_kept = master.tobytes(), getattr(master, "n_frames", 1)
    assert frames_kept == 1
    assert max(abs(seen - red) for seen, red in zip(shown, b"\xff\x00\x00" * 64, strict=True)) < 15


def test_names_tell_nothing_and_differ(media):
    one, other = store(encoded()), store(encoded())

    assert one.name != other.name
    assert all(len(name) == 24 and set(name) <= set("0123456789abcdef") for name in (one.name, other.name))


def test_the_background_makes_every_size_of_each_format_once(media):
    kept = store(encoded(size=(1000, 500)))

    pictures.derive_all(picture=kept)
    made = files(media)
    pictures.derive_all(picture=kept)

    widths = [160, 320, 640, 800]
    expected = [f"{kept.name}.webp", f"{kept.name}-640.jpg"]
    expected += [f"{kept.name}-{width}.{suffix}" for width in widths for suffix in ("avif", "webp")]
    assert made == sorted(expected)
    assert files(media) == made


@pytest.mark.parametrize(("suffix", "form"), [("avif", "AVIF"), ("webp", "WEBP"), ("jpg", "JPEG")])
def test_a_size_is_made_when_it_is_first_asked_for_and_then_only_sent(client, media, suffix, form):
    kept = store(encoded(size=(1000, 500)))
    address = paths.url(kept.name, 320, suffix)

    first = client.get(address)
    stamp = (media / paths.derived_path(kept.name, 320, suffix)).stat().st_mtime_ns
    again = client.get(address)

    with Image.open(io.BytesIO(first.content)) as shown:
        assert (shown.format, shown.size) == (form, (320, 160))
    assert again.content == first.content
    assert (media / paths.derived_path(kept.name, 320, suffix)).stat().st_mtime_ns == stamp
    assert first["Content-Type"] == f"image/{form.lower()}"
    assert first["Cache-Control"] == "public, max-age=31536000, immutable"
    assert first["Content-Security-Policy"] == "default-src 'none'"
    assert first["X-Content-Type-Options"] == "nosniff"


def test_a_small_picture_is_not_blown_up(client, media):
    kept = store(encoded(size=(100, 50)))

    response = client.get(paths.url(kept.name, 800, "webp"))

    with Image.open(io.BytesIO(response.content)) as shown:
        assert shown.size == (100, 50)


@pytest.mark.parametrize(
    "change",
    [
        lambda name: f"{name[:2]}/{name}-161.webp",
        lambda name: f"{name[:2]}/{name}-9999.webp",
        lambda name: f"{name[:2]}/{name}-１６０.webp",
        lambda name: f"{name[:2]}/{name}-160.png",
        lambda name: f"{name[:2]}/{name}.webp",
        lambda name: f"00/{name}-160.webp" if name[:2] != "00" else f"01/{name}-160.webp",
        lambda name: f"{name[:2]}/{'0' * 24}-160.webp",
        lambda name: f"{name[:2]}/../{name[:2]}/{name}-160.webp",
        lambda name: f"{name[:2]}/%2e%2e/{name}-160.webp",
    ],
)
def test_any_other_address_is_404_and_makes_nothing(client, media, change):
    kept = store(encoded(size=(1000, 500)))
    before = files(media)

    response = client.get(f"{settings.MEDIA_URL}pictures/{change(kept.name)}")

    assert response.status_code == 404
    assert files(media) == before


def test_a_picture_whose_file_was_lost_is_404(client, media):
    kept = store(encoded())
    Path(media / paths.master_path(kept.name)).unlink()

    assert client.get(paths.url(kept.name, 160, "webp")).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pictures_are_only_looked_at(client, media, method):
    kept = store(encoded())

    assert getattr(client, method)(paths.url(kept.name, 160, "webp")).status_code == 405


def test_adopting_a_picture_of_our_own_twice_changes_nothing(media):
    def adopt(content):
        return pictures.adopt(
            merchant=default_merchant(), name="a" * 24, size=(8, 8), master=content, derived={"640.avif": content}
        )

    one, other = adopt(b"first"), adopt(b"second")

    assert one == other
    assert files(media) == [f"{'a' * 24}-640.avif", f"{'a' * 24}.webp"]
    assert {path.read_bytes() for path in media.rglob("*") if path.is_file()} == {b"first"}
