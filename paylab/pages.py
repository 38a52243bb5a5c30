"""The page on which a shopper pays."""

from __future__ import annotations

import gettext as gettext_module
from collections.abc import Callable
from html import escape
from pathlib import Path

from paylab.store import Row

LOCALES = Path(__file__).resolve().parents[1] / "locale"
FOLDERS = {"zh-hans": "zh_Hans"}

PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
body {{ margin: 0; display: grid; place-items: center; min-height: 100vh;
  background: light-dark(#f3f1ec, #151614); color: light-dark(#1c1d1a, #eeede8); }}
main {{ box-sizing: border-box; width: min(28rem, 100vw - 2rem); padding: 2rem; border-radius: 16px;
  background: light-dark(#fff, #20221f); }}
body, form {{ grid-template-columns: minmax(0, 1fr); }}
h1 {{ font-size: 1.125rem; margin: 0; }} .sum {{ font-size: 2.25rem; font-weight: 650; margin: .25rem 0 1.5rem; }}
dl {{ display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 0 0 1.5rem; font-size: .875rem; }}
dt {{ opacity: .7; }} dd {{ margin: 0; overflow-wrap: anywhere; }} .note {{ font-size: .8125rem; opacity: .75; }}
form {{ display: grid; gap: .75rem; }}
button {{ min-height: 3rem; border: 1px solid currentColor; border-radius: 10px; background: none; color: inherit;
  font: inherit; font-weight: 600; cursor: pointer; }}
button.main {{ background: #1d5a47; border-color: #1d5a47; color: #fff; }}
</style>
</head>
<body><main>
<h1>{title}</h1>
<p class="sum">{amount} {currency}</p>
<dl><dt>{subject_label}</dt><dd>{subject}</dd><dt>{number_label}</dt><dd>{number}</dd></dl>
{form}
<p class="note">{note}</p>
</main></body></html>
"""
FORM = """<form method="post"><button class="main" name="act" value="pay">{pay}</button>
<button name="act" value="decline">{decline}</button><button name="act" value="leave">{leave}</button></form>"""
ENDED = """<p role="status">{text}</p><form method="post"><button name="act" value="leave">{leave}</button></form>"""


def payment_page(trade: Row) -> str:
    """Return the page of a trade: buttons while it waits, its end otherwise."""
    _ = _translation(trade["language"])
    if trade["status"] == "waiting":
        form = FORM.format(pay=_("Pay"), decline=_("Decline"), leave=_("Leave"))
    else:
        form = ENDED.format(text=_("This payment has ended."), leave=_("Back to the shop"))
    return PAGE.format(
        language="zh-Hans" if trade["language"] == "zh-hans" else "en",
        title=escape(_("Payment laboratory")),
        amount=escape(trade["amount"]),
        currency=escape(trade["currency"]),
        subject_label=escape(_("For")),
        subject=escape(trade["subject"]),
        number_label=escape(_("Payment number")),
        number=escape(trade["out_trade_no"]),
        form=form,
        note=escape(_("No real money moves here. The buttons play what a shopper might do at a real gateway.")),
    )


def _translation(language: str) -> Callable[[str], str]:
    folder = FOLDERS.get(language, language)
    return gettext_module.translation("django", LOCALES, [folder], fallback=True).gettext
