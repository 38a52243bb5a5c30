"""The walls around a product's page: another merchant's is not there, and forged fields move nothing."""

import pytest
from django.urls import reverse

from accounts.selectors import default_merchant
from catalog.models import Price, Product, StockLevel, StockMovement, Variant
from tests import make
from tests.catalog import office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def theirs():
    """Return a product of another merchant."""
    return make.product("Theirs", merchant=make.merchant("other"))


@pytest.fixture
def ours(client):
    """Return a product of the merchant whose member is signed in."""
    made = make.product("Ours")
    client.force_login(make.member(made.merchant))
    return made


def page(name, *arguments, site="merchant"):
    return reverse(f"{site}:catalog_product_{name}", args=arguments)


def state():
    models = (Product, Variant, Price, StockLevel, StockMovement)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


@pytest.mark.parametrize("name", ["change", "delete", "history"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_merchants_product_is_not_there(client, ours, theirs, name, method):
    before = state()

    response = getattr(client, method)(
        page(name, theirs.pk), {"post": "yes", "title_en": "Mine"} if method == "post" else {}
    )

    assert response.status_code == 404
    assert state() == before


def test_the_list_shows_the_own_products_alone(client, ours, theirs):
    response = client.get(page("changelist"))

    assert [product.pk for product in response.context["cl"].result_list] == [ours.pk]
    assert "Theirs" not in response.text


@pytest.mark.parametrize("action", ["archive", "publish", "delete_selected"])
def test_an_action_on_another_merchants_product_does_nothing(client, ours, theirs, action):
    before = state()

    client.post(page("changelist"), {"action": action, "_selected_action": [theirs.pk], "post": "yes"})

    assert state() == before


def test_a_forged_merchant_is_not_saved(client, ours, theirs):
    fields = office.fields(client.get(page("change", ours.pk)))

    response = client.post(page("change", ours.pk), fields | {"merchant": theirs.merchant_id, "title_en": "Kettle"})

    ours.refresh_from_db()
    assert response.status_code == 302
    assert (ours.title, ours.merchant) == ("Kettle", default_merchant())


def test_a_forged_row_of_another_merchants_product_is_not_taken_over(client, ours, theirs):
    fields = office.fields(client.get(page("change", ours.pk)))
    variant = make.only_variant(theirs)
    before = state()

    forged = {
        "variants-0-id": variant.pk,
        "variants-0-product": theirs.pk,
        "variants-0-sku": "STOLEN",
        "variants-0-stock": "0",
    }
    response = client.post(page("change", ours.pk), fields | forged)

    assert response.status_code == 200
    assert state() == before


def test_a_forged_parent_of_a_row_is_refused(client, ours, theirs):
    fields = office.fields(client.get(page("change", ours.pk)))
    before = state()

    response = client.post(page("change", ours.pk), fields | {"variants-0-product": theirs.pk, "variants-0-ean": "1"})

    assert response.status_code == 200
    assert state() == before


def test_forged_counters_and_digests_are_not_saved(client, ours):
    fields = office.fields(client.get(page("change", ours.pk)))
    forged = dict.fromkeys(["sold", "sold_before", "external_id", "import_digest", "variants-0-options_key"], "999")

    client.post(page("change", ours.pk), fields | forged | {"title_en": "Kettle"})

    ours.refresh_from_db()
    assert ours.title == "Kettle"
    assert (ours.sold, ours.sold_before, ours.external_id, ours.import_digest) == (0, 0, "", "")
    assert make.only_variant(ours).options_key == ""


def test_a_new_product_of_a_member_belongs_to_the_members_merchant(client, ours, theirs):
    fields = office.fields(client.get(f"{page('add')}?product_type={ours.product_type_id}"))
    wanted = {"title_en": "Jug", "category": ours.category_id, "product_type": ours.product_type_id}
    wanted |= {"variants-0-sku": "JUG", "variants-0-price": "5", "variants-0-stock": "2"}

    response = client.post(page("add"), fields | wanted | {"merchant": theirs.merchant_id})

    made = Product.objects.get(title_en="Jug")  # type: ignore[misc]  # made by modeltranslation
    assert response.status_code == 302
    assert (made.merchant, made.slug, made.status) == (default_merchant(), "jug", "DRAFT")
    assert list(made.variants.values_list("sku", "stock_levels__on_hand")) == [("JUG", 2)]


@pytest.mark.parametrize("site", ["admin", "merchant"])
def test_strangers_are_sent_to_the_login(client, theirs, site):
    for person in (None, make.user()):
        if person:
            client.force_login(person)
        response = client.get(page("change", theirs.pk, site=site))

        assert response.status_code == 302
        assert "/login/" in response.url


@pytest.mark.parametrize("number", ["0", "x", "9" * 30, "１"])
def test_a_number_that_is_no_product_is_404(client, ours, number):
    response = client.get(page("change", ours.pk).replace(str(ours.pk), number))

    assert response.status_code == 404


@pytest.mark.parametrize("products", [1, 48])
def test_the_list_and_the_page_cost_the_same_for_one_and_for_many(
    client, ours, products, django_assert_max_num_queries
):
    for _ in range(products - 1):
        make.product()

    with django_assert_max_num_queries(12):
        response = client.get(page("changelist"))

    assert len(response.context["cl"].result_list) == products
