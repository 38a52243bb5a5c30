"""A person's picture: encoded by us, the owner's alone, gone when it is removed."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import Avatar
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/account/profile/"
UPLOAD = f"{PAGE}picture/"


@pytest.fixture
def anna(client):
    user = make.verified_user("anna", name="Anna")
    client.force_login(user)
    return user


def encoded(form="JPEG", size=(400, 300), **options):
    """Return the bytes of a picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def upload(client, content, name="me.jpg"):
    return client.post(UPLOAD, {"avatar": SimpleUploadedFile(name, content)})


def test_a_picture_is_kept_as_a_small_square_without_what_the_camera_added(client, anna):
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    exif[0x0112] = 3  # upside down: red is on the right then

    answer = upload(client, encoded(exif=exif))
    anna.refresh_from_db()
    served = client.get(f"{UPLOAD}{anna.avatar_name}/")

    image = Image.open(io.BytesIO(served.content))
    assert (answer.status_code, answer.url) == (303, PAGE)
    assert (served["Content-Type"], image.format, image.size) == ("image/webp", "WEBP", (256, 256))
    assert b"where I live" not in served.content
    assert dict(image.getexif()) == {}
    left, right = (image.convert("RGB").crop((x, 128, x + 1, 129)).tobytes() for x in (30, 226))
    assert (left[2] > 200 > left[0], right[0] > 200 > right[2]) == (True, True)
    assert "private" in served["Cache-Control"]
    assert f"{UPLOAD}{anna.avatar_name}/" in client.get("/account/").text


def test_a_new_picture_has_a_new_address_and_the_old_one_is_gone(client, anna):
    upload(client, encoded())
    anna.refresh_from_db()
    first = anna.avatar_name
    upload(client, encoded("PNG"))
    anna.refresh_from_db()

    assert anna.avatar_name != first
    assert client.get(f"{UPLOAD}{first}/").status_code == 404
    assert Avatar.objects.count() == 1
    assert [each.field for each in anna.profile_changes.all()] == ["AVATAR", "AVATAR"]


def test_a_picture_can_be_removed(client, anna):
    upload(client, encoded())
    anna.refresh_from_db()

    client.post(UPLOAD, {"remove": "1"})
    client.post(UPLOAD, {"remove": "1"})

    assert client.get(f"{UPLOAD}{anna.avatar_name}/").status_code == 404
    anna.refresh_from_db()
    assert (anna.avatar_name, Avatar.objects.count(), anna.profile_changes.count()) == ("", 0, 2)


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", encoded("TIFF"), encoded() + b"\0" * 2_000_000],
    ids=["empty", "broken", "svg", "tiff", "too many bytes"],
)
def test_what_is_no_picture_or_too_large_is_refused_and_the_old_one_stays(client, anna, content):
    upload(client, encoded())
    before = Avatar.objects.values().get()

    answer = upload(client, content)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="Anna"' in answer.text
    assert Avatar.objects.values().get() == before
    assert anna.profile_changes.count() == 1


def test_nothing_chosen_is_said(client, anna):
    answer = client.post(UPLOAD)

    assert (answer.status_code, "Choose a picture first" in answer.text) == (422, True)


def test_the_picture_of_another_is_not_found(client, anna):
    upload(client, encoded())
    anna.refresh_from_db()
    stranger = Client()
    stranger.force_login(make.verified_user("bea"))

    assert stranger.get(f"{UPLOAD}{anna.avatar_name}/").status_code == 404
    assert client.get(f"{UPLOAD}%00/").status_code == 404
    assert Client().get(f"{UPLOAD}{anna.avatar_name}/").status_code == 302


def test_a_form_from_elsewhere_is_refused(anna):
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)

    assert upload(client, encoded()).status_code == 403
    assert not Avatar.objects.exists()
