"""A form of the back office as a browser sees it, opened, changed and saved; and what became of it."""

from html.parser import HTMLParser

from django.urls import reverse

from catalog.models import Picture, Price, Product, ProductCard, StockLevel, StockMovement, Variant


class _Fields(HTMLParser):
    """Collects what a browser would send of the form with this id."""

    def __init__(self, form_id):
        super().__init__()
        self.form_id = form_id
        self.values = {}
        self._is_inside = False
        self._name = ""  # of the select or textarea that is open

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "form":
            self._is_inside = found.get("id") == self.form_id
        elif not self._is_inside:
            return
        elif tag == "input":
            self._add_input(name, found)
        elif tag in ("select", "textarea"):
            self._name = name
            self.values.setdefault(name, [])
        elif tag == "option" and "selected" in found:
            self.values[self._name].append(found["value"])

    def handle_endtag(self, tag):
        if tag == "form":
            self._is_inside = False
        if tag in ("select", "textarea"):
            self._name = ""

    def handle_data(self, data):
        if self.lasttag == "textarea" and self._name:
            self.values[self._name].append(data.removeprefix("\r\n").removeprefix("\n"))

    def _add_input(self, name, found):
        kind = found.get("type", "text")
        is_sent = kind not in ("submit", "button", "file") and (kind not in ("checkbox", "radio") or "checked" in found)
        if name and is_sent:
            self.values.setdefault(name, []).append(found.get("value", "on" if kind == "checkbox" else ""))


def fields(response, form_id="product_form"):
    """Return the values of a form by name, as a browser would send them unchanged."""
    reader = _Fields(form_id)
    reader.feed(response.text)
    return {name: values for name, values in reader.values.items() if values and "__prefix__" not in name}


def address(row, act="change"):
    """Return the address of a row's page in the operators' office."""
    meta = type(row)._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{act}", args=[row.pk])


def save(client, row, without=(), **changes):
    """Open a row's page, take out and change these fields, and save."""
    shown = fields(client.get(address(row)), f"{type(row)._meta.model_name}_form")
    kept = {name: values for name, values in shown.items() if name not in without}
    assert client.post(address(row), kept | changes).status_code == 302


def delete(client, row):
    """Delete a row on its page."""
    assert client.post(address(row, "delete"), {"post": "yes"}).status_code == 302


def delete_chosen(client, row):
    """Delete a row that was ticked in the list."""
    meta = type(row)._meta
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    assert client.post(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"), chosen).status_code == 302


def move(client, category, target):
    """Drag a category onto another one, and return the status."""
    path = reverse("admin:catalog_category_changelist") + "move/"
    return client.post(path, {"node": category.pk, "target": target.pk, "relation": "child"}).status_code


def saved(client, desk, **changes):
    """Open the page, change these fields, save, and return the answer."""
    opened = client.get(desk)
    assert opened.status_code == 200
    return client.post(desk, fields(opened) | changes)


def state():
    """Return all that a product's page may change."""
    models = (Product, Variant, Price, StockLevel, StockMovement, Picture, ProductCard)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def errors(response):
    """Return the first message of each field with an error."""
    assert response.status_code == 200
    found = [each for inline in response.context["inline_admin_formsets"] for each in inline.formset.errors]
    found.append(response.context["adminform"].form.errors)
    return {name: str(texts[0]) for each in found for name, texts in each.items()}
