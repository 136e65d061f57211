"""Clicks that come back when the page that they lead to is there.

A click of Playwright waits for a page that is asked for while it clicks. A form is sent a moment
later, and on a busy machine that is after the click came back: what is read then is the old page,
or half of the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

LEADS_AWAY = """e => {
  const button = e.closest("button, input[type=submit]"), form = button && button.form;
  if (button) {
    const sends = form && button.type === "submit" && !form.target && form.method !== "dialog";
    const isHeld = form && !form.noValidate && !button.formNoValidate && form.matches(":invalid");
    return Boolean(sends && !isHeld);
  }
  const link = e.closest("a[href]");
  if (!link || link.target || link.hasAttribute("download") || !/^https?:/.test(link.href)) {
    return false;
  }
  const place = (where) => where.origin + where.pathname + where.search;
  return !link.hash || place(link) !== place(location);
}"""


@contextmanager
def patient_clicks() -> Iterator[None]:
    """Let each click on what leads to another page wait until that has been read whole.

    A click with `no_wait_after` waits for nothing.
    """
    from playwright.sync_api import Locator

    usual = Locator.click
    Locator.click = _patient(usual)  # type: ignore[method-assign]
    try:
        yield
    finally:
        Locator.click = usual  # type: ignore[method-assign]


def _patient(usual: Callable[..., None]) -> Callable[..., None]:
    from playwright.sync_api import TimeoutError as TookTooLong

    def click(self: Any, **more: Any) -> None:
        if more.get("no_wait_after") or not self.evaluate(LEADS_AWAY):
            usual(self, **more)
            return
        is_clicked = False
        try:
            with self.page.expect_navigation():
                usual(self, **more)
                is_clicked = True
        except TookTooLong:  # the page's script may have held it back: it stays, and is looked at
            if not is_clicked:
                raise

    return click
