# SPDX-License-Identifier: MIT
"""What the practice servers share: HTTP with faults and a log (web), token
refresh (oauth), and the reports of one medium each (yahoo_search)."""
