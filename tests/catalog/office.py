"""A form of the back office as a browser sees it: its fields with the values they have."""

from html.parser import HTMLParser


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
