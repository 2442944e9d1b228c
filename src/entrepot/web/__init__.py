"""The web page and its JSON interface: `entrepot serve`. Composition only.

Every view is an address: its query string is what the page is about. A page comes at once; its parts are
computed in processes of their own, kept until the store changes, and dropped when nobody waits for them.
One thing is written: the record of a search, where shipments are screened. Nothing of the disk is read but
the store and the lists of parties that whoever started the server named.
"""

from __future__ import annotations

from entrepot.web.app import Settings, create_app

__all__ = ["Settings", "create_app"]
