"""Importing product files: what a row becomes, again and again, and after an interruption."""

import json
import tracemalloc
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection

from catalog.models import Attribute, Category, ImportRun, Product, ProductCard, StockLevel, StockMovement, Variant
from catalog.selectors.languages import in_all_languages
from catalog.services.importing import writing
from catalog.services.importing.reading import Problem, Row, rows
from tests import make
from tests.catalog import files

pytestmark = pytest.mark.django_db


def only():
    return Product.objects.select_related("brand", "category", "product_type", "card").get()


def price_of(product):
    card = ProductCard.objects.get(product=product)
    return card.price, card.was_price, card.currency


def test_a_row_becomes_a_published_product_that_can_be_bought(tmp_path):
    report = files.load(files.write(tmp_path, files.row(1, old_price=30, sold=7, released="2020-02-29", stock=4)))

    product = only()
    assert files.counts(report) == (1, 0, 0, 0)
    assert (product.title, product.slug, product.sold_before) == ("Kettle 1", "kettle-1", 7)
    assert (product.brand.name, product.category.name, product.product_type.name) == ("Hearth", "Kettles", "Kitchen")
    assert list(Category.objects.order_by("path").values_list("slug", "depth")) == [("kitchen", 1), ("kettles", 2)]
    assert product.publish_at.isoformat() == "2020-02-29T00:00:00+00:00"
    assert price_of(product) == (Decimal("20.95"), Decimal("30.00"), "CNY")
    assert list(product.variants.values_list("sku", "ean", "stock_policy")) == [("S1", "0609585180055", "DENY")]
    assert list(StockLevel.objects.values_list("on_hand", "allocated")) == [(4, 0)]
    assert list(StockMovement.objects.values_list("on_hand_change", "reason")) == [(4, "import")]
    assert product.card.is_available


def test_weight_and_size_come_in_and_stay_where_a_later_row_does_not_name_them(tmp_path):
    full = files.row(1, weight_grams=800, length_mm="300", width_mm=200, height_mm=100)
    columns = ("weight_grams", "length_mm", "width_mm", "height_mm")

    files.load(files.write(tmp_path, full))
    first = Variant.objects.values_list(*columns).get()
    files.load(files.write(tmp_path, files.row(1, weight_grams=900, title="Kettle one")))

    assert first == (800, 300, 200, 100)
    assert Variant.objects.values_list(*columns).get() == (900, 300, 200, 100)
    assert Variant.objects.get().volume_mm3 == 6_000_000


def test_a_row_without_weight_and_size_keeps_the_hash_it_had_before_there_were_such_columns(tmp_path):
    sheet = files.write(tmp_path, files.row(1), files.row(1, weight_grams=1))

    digests = [row.digest for row in rows(sheet, currency="CNY") if isinstance(row, Row)]

    assert digests[0] == "7f4c5c0cdddadc3c2a078e3c003c827d"
    assert digests[1] != digests[0]


def test_attributes_are_typed_by_what_the_file_holds(tmp_path):
    sheet = [files.row(number, attributes={"weight": number, "cordless": True, "colour": "Red"}) for number in range(6)]
    sheet.append(files.row(6, attributes={"weight": 1.5, "cordless": False, "note": "=1+1"}))

    files.load(files.write(tmp_path, *sheet))

    kinds = dict(Attribute.objects.values_list("code", "kind"))
    assert kinds == {"weight": "decimal", "cordless": "bool", "colour": "choice", "note": "text"}
    assert Product.objects.get(external_id="shop-6").attributes == {"weight": "1.5", "cordless": False, "note": "=1+1"}
    assert "colour=red" in ProductCard.objects.get(product__external_id="shop-1").facets


@pytest.mark.parametrize(
    ("written", "amount"),
    [("12.345", "12.35"), ("12.344", "12.34"), ("0.005", "0.01"), ("9999999999.994", "9999999999.99")],
)
def test_a_price_is_rounded_half_up(tmp_path, written, amount):
    files.load(files.write(tmp_path, files.row(1, price=written)))

    assert price_of(only()) == (Decimal(amount), None, "CNY")


@pytest.mark.parametrize(("written", "count"), [("0", 0), ("007", 7), ("1000000000", 10**9), ("0" * 5000 + "3", 3)])
def test_a_number_of_units_is_read_with_zeros_before_it(tmp_path, written, count):
    files.load(files.write(tmp_path, files.row(1, stock=written, sold=written)))

    assert (StockLevel.objects.get().on_hand, only().sold_before) == (count, count)


SHAPES = [
    {"id": "icecat-1", "source": "icecat", "lang": "en", "sku": "A 1/28", "title": "Headphones", "brand": "P",
     "category": "Audio > Headphones", "price": 20.95, "currency": "USD", "image": "http://example.com/1.jpg",
     "attributes": {"impedance": 16.0, "headphone connectivity": "3.5 mm"}},
    {"id": "A18164178225", "title": "水润面霜 50g", "brand": "自然", "price": 139.0, "sold": 26719, "comments": 2704,
     "date": "2016/11/14"},
    {"id": "cf00001", "title": "Accent Pillow", "description": 'Red satin. 8" x 8".'},
    {"id": "3920564", "sku": "006R90321", "title": "Toner", "price": 49.95, "released": "2009-12-10"},
    {"id": "zh00001", "title": "元宝 100元"},
    {"id": "bestbuy-00001", "sku": "4984700", "title": "AT&T Phone", "attributes": {}, "popularity": 21449},
]  # fmt: skip


def test_rows_of_every_shape_that_is_around_come_in(tmp_path):
    report = files.load(files.write(tmp_path, *SHAPES, name="products.jsonl.gz"))

    assert files.told(report) == []
    assert files.counts(report) == (6, 0, 0, 0)
    skus = dict(Variant.objects.values_list("product__external_id", "sku"))
    assert (skus["icecat-1"], skus["A18164178225"], skus["cf00001"]) == ("A 1/28", "A18164178225", "cf00001")
    cream = Product.objects.get(external_id="A18164178225")
    assert in_all_languages(cream, "title") == {"zh-hans": "水润面霜 50g"}
    assert cream.sold_before == 26719
    assert Product.objects.get(external_id="cf00001").category.slug == "other"
    assert price_of(Product.objects.get(external_id="icecat-1"))[2] == "USD"


@pytest.mark.parametrize("name", ["products.csv", "products.csv.gz"])
def test_a_spreadsheet_comes_in_with_its_signs_and_line_breaks(tmp_path, name):
    head = "\ufeffSKU, Title ,price,description,attributes\r\n"
    body = 'K1,"Kettle, ""red""",9.90,"first\nsecond","{""weight"": 1.5}"\r\n\r\nK2,=SUM(A1),,,\r\n'
    path = files.write(tmp_path, (head + body).encode(), name=name)

    report = files.load(path)

    assert files.told(report) == []
    titles = dict(Variant.objects.values_list("sku", "product__title_en"))
    assert titles == {"K1": 'Kettle, "red"', "K2": "=SUM(A1)"}
    assert Product.objects.get(variants__sku="K1").description == "first\nsecond"
    assert Product.objects.get(variants__sku="K1").attributes == {"weight": "1.5"}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (b"K2,Kettle,9.90,extra", "-"),
        ("K2,水壶,9.90".encode("gbk"), "title"),
        (b"K2,,9.90", "title"),
        (b"K2,Kettle,9.9O", "price"),
        (b"K2,Ke\x00ttle,9.90", "title"),
    ],
)
def test_a_bad_row_of_a_spreadsheet_is_told_and_the_others_come_in(tmp_path, line, column):
    path = files.write(tmp_path, b"sku,title,price", b"K1,Kettle,1", line, b"K3,Kettle,3", name="products.csv")

    report = files.load(path)

    assert files.told(report) == [(3, column)]
    assert sorted(Variant.objects.values_list("sku", flat=True)) == ["K1", "K3"]


def test_a_file_that_changes_nothing_leaves_kept_pages_alone(tmp_path, django_capture_on_commit_callbacks):
    path = files.write(tmp_path, files.row(1))
    files.load(path)

    with django_capture_on_commit_callbacks() as told:
        files.load(path, restart=True)

    assert told == []


@pytest.mark.parametrize("values", [{}, {"id": None}, {"sku": None}])
def test_importing_a_file_again_changes_nothing(tmp_path, values):
    path = files.write(tmp_path, *(files.row(number, stock=3, **values) for number in range(4)))
    files.load(path)
    before, movements = files.shop(), StockMovement.objects.count()

    report = files.load(path)

    assert files.counts(report) == (0, 0, 4, 0)
    assert files.shop() == before
    assert StockMovement.objects.count() == movements


def test_a_changed_row_changes_its_product_and_no_other(tmp_path):
    files.load(files.write(tmp_path, files.row(1, stock=3), files.row(2, stock=3)))
    other = [each for each in files.shop() if each.get("title_en") == "Kettle 2"]
    version = Product.objects.get(external_id="shop-1").version

    report = files.load(files.write(tmp_path, files.row(1, title="Pot", price=5, stock=1), files.row(2, stock=3)))

    assert files.counts(report) == (0, 1, 1, 0)
    changed = Product.objects.get(external_id="shop-1")
    assert (changed.title, changed.slug, price_of(changed)[0]) == ("Pot", "kettle-1", Decimal("5.00"))
    assert changed.version == version + 1  # who has the product's page open in the office is told
    assert list(StockLevel.objects.filter(variant__product=changed).values_list("on_hand", flat=True)) == [1]
    assert [each for each in files.shop() if each.get("title_en") == "Kettle 2"] == other


def test_what_orders_hold_stays_when_the_file_says_fewer(tmp_path):
    files.load(files.write(tmp_path, files.row(1, id=None, stock=5)))
    make.order(make.cart(Variant.objects.get(), quantity=4))

    files.load(files.write(tmp_path, files.row(1, id=None, stock=1)))

    assert list(StockLevel.objects.values_list("on_hand", "allocated")) == [(4, 4)]


def test_a_sku_of_two_products_goes_to_the_first_and_is_noted(tmp_path):
    report = files.load(files.write(tmp_path, files.row(1, sku="X"), files.row(2, sku="X")))

    assert dict(Variant.objects.values_list("product__external_id", "sku")) == {"shop-1": "X", "shop-2": "shop-2"}
    assert [(note.line, note.column) for note in report.notes] == [(2, "sku")]


def test_of_a_product_that_stands_in_the_file_twice_the_later_row_counts(tmp_path):
    twice = [files.row(1, price=1), files.row(1, price=2)]
    by_sku = [files.row(2, sku="X", price=3), files.row(2, id=None, sku="X", price=4)]

    report = files.load(files.write(tmp_path, *twice, *by_sku))

    assert files.counts(report) == (2, 2, 0, 0)
    assert sorted(ProductCard.objects.values_list("price", flat=True)) == [Decimal(2), Decimal(4)]


def test_the_command_line_gives_currency_and_stock_to_rows_without(tmp_path):
    files.load(files.write(tmp_path, files.row(1), files.row(2, stock=9)), currency="EUR", stock=5)

    assert dict(StockLevel.objects.values_list("variant__sku", "on_hand")) == {"S1": 5, "S2": 9}
    assert set(ProductCard.objects.values_list("currency", flat=True)) == {"EUR"}


def test_products_go_to_the_merchant_that_was_named(tmp_path):
    other = make.merchant("other")
    path = files.write(tmp_path, files.row(1))

    _said, status = files.command(path, merchant="other")

    assert status == 0
    assert only().merchant == other


def test_an_interrupted_file_goes_on_after_its_last_batch(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "BATCH", 2)
    path = files.write(tmp_path, *(files.row(number) for number in range(5)))

    def pull_the_plug(done, _total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.load(path, progress=pull_the_plug)
    half = Product.objects.count()
    report = files.load(path)

    assert half == 2
    assert Product.objects.count() == 5
    assert (ImportRun.objects.count(), report.run.rows_done, files.counts(report)) == (1, 5, (5, 0, 0, 0))
    assert not ImportRun.objects.filter(finished_at=None).exists()


def test_a_batch_that_fails_leaves_nothing_of_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "BATCH", 2)
    path = files.write(tmp_path, *(files.row(number) for number in range(5)))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN IF NEW.rows_done > 2 THEN RAISE 'no space left'; END IF; RETURN NEW; END $$;"
            " CREATE TRIGGER stop BEFORE UPDATE ON catalog_importrun FOR EACH ROW EXECUTE FUNCTION stop()"
        )

    with pytest.raises(DatabaseError, match="no space left"):
        files.load(path)

    assert sorted(Product.objects.values_list("external_id", flat=True)) == ["shop-0", "shop-1"]
    assert list(ImportRun.objects.values_list("rows_done", "rows_created", "finished_at")) == [(2, 2, None)]


def test_restart_begins_an_interrupted_file_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "BATCH", 2)
    path = files.write(tmp_path, *(files.row(number) for number in range(3)))
    files.load(path)
    ImportRun.objects.update(finished_at=None, rows_done=2)

    report = files.load(path, restart=True)

    assert files.counts(report) == (0, 0, 3, 0)
    assert ImportRun.objects.count() == 2


def test_a_large_file_is_read_in_little_memory(tmp_path):
    line = json.dumps(files.row(1, description="x" * 10_000)).encode()
    path = files.write(tmp_path, *[line] * 3000, name="products.jsonl.gz")
    tracemalloc.start()

    count = sum(1 for _ in rows(path, currency="CNY"))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 3000
    assert peak < 2_000_000 < len(line) * 3000 / 10


@pytest.mark.parametrize("name", ["bomb.jsonl.gz", "bomb.csv.gz"])
def test_a_line_without_end_is_read_in_little_memory(tmp_path, name):
    path = files.write(tmp_path, b"sku,title" if "csv" in name else files.row(1), b"x" * 30_000_000, name=name)
    tracemalloc.start()

    found = list(rows(path, currency="CNY"))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert isinstance(found[-1], Problem)
    assert (found[-1].line, found[-1].column) == (2, "-")
    assert peak < 10_000_000
