"""Real browsers behind one small interface: see ``page.Page``, ``launch`` and ``Pool``."""

from tests.support.browsers.page import Browser, BrowserName, Options, Page
from tests.support.browsers.pool import Borrowed, Pool, launch

__all__ = ["Borrowed", "Browser", "BrowserName", "Options", "Page", "Pool", "launch"]
