"""What a reader of the web page looks at. Apart from locust, which changes what it is loaded into."""

from __future__ import annotations

ASKED = "ENTREPOT_BENCH_ASKED"  # names a file of reporters, partners and goods


def addresses(reporter: str, partner: str, commodity: str) -> dict[str, str]:
    """What is looked at, by the name it is measured under."""
    asked = f"origin={reporter}&destination={partner}&commodity={commodity}"
    return {
        "page": f"/overview?{asked}",
        "overview": f"/part/overview/direct?{asked}",
        "drill-down": f"/api/flows?reporter={reporter}&partner={partner}&commodity={commodity}",
    }
