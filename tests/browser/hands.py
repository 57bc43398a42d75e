"""Ways in which people use pages: with the keyboard alone, without scripts, on a phone, enlarged, in the dark."""

from typing import Any, Final, NamedTuple

from playwright.async_api import Locator, Page, expect

from .conftest import OpenPage

MOST_TABS = 250
_REACHED = """element => {
  const {left, right, top, bottom} = element.getBoundingClientRect();
  const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const wide = document.documentElement.clientWidth;
  return left >= 0 && right <= wide && found !== null && (element.contains(found) || found.contains(element));
}"""
"""Whether all of an element's width is seen, with nothing of another one above it."""

_FOCUS_SEEN = """() => {
  const element = document.activeElement, {top, bottom} = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return bottom > 0 && top < innerHeight && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
}"""
_HAS_FOCUS = """element => {
  const active = document.activeElement;
  return element === active || (element.type === "radio" && element.name === active.name);
}"""
_WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
_DARKNESS = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"


class Way(NamedTuple):
    """How somebody uses pages."""

    options: dict[str, Any]
    """Of the browser."""

    scripts: bool = True
    by_keyboard: bool = False


WAYS: Final = {
    "keyboard": Way({}, by_keyboard=True),
    "no-script": Way({}, scripts=False),
    "narrow": Way({"viewport": {"width": 320, "height": 568}}),
    # A window of 1280 by 720 enlarged to 200 % has room for 640 by 360 CSS pixels, of two device pixels each: it is all
    # that layout and media queries learn of zoom.
    "zoom": Way({"viewport": {"width": 640, "height": 360}, "device_scale_factor": 2}),
    "dark": Way({"color_scheme": "dark"}),
}


class Hand:
    """Uses a page in one way, and looks at each step whether the page can be used so.

    Whatever it uses is seen in its whole width with nothing above it, and by keyboard has a visible focus; no page ever
    scrolls sideways.
    """

    def __init__(self, page: Page, way: Way) -> None:
        self.page = page
        self._way = way
        self._main = page.locator("main")

    @classmethod
    async def take(cls, open_page: OpenPage, way: Way) -> "Hand":
        """Open the first page."""
        return cls(await open_page(scripts=way.scripts, **way.options), way)

    async def open(self, path: str) -> None:
        """Go to an address, as a link in a mail does."""
        await self.page.goto(path)
        await self.look()

    async def look(self) -> None:
        """See that the page fits, has its heading, and is as light or dark as was asked for."""
        wide, has = await self.page.evaluate(_WIDTHS)
        assert wide <= has, f"{self.page.url} is {wide} px wide and has {has}"
        await expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        is_dark = max(await self.page.evaluate(_DARKNESS)) < 128
        assert is_dark == (self._way.options.get("color_scheme") == "dark")

    async def fill(self, **fields: str) -> None:
        """Type into fields, by their ids."""
        for name, text in fields.items():
            await self.type(self.page.locator(f"#{name}"), text)

    async def type(self, target: Locator, text: str) -> None:
        """Replace what a field has."""
        await self._reach(target)
        if self._way.by_keyboard:
            await self.page.keyboard.press("Control+A")
            await self.page.keyboard.type(text)
        else:
            await target.fill(text)
        await expect(target).to_have_value(text)

    async def follow(self, name: str, within: Locator | None = None) -> None:
        """Follow a link of the page itself, or of a part that is named."""
        await self._use((within or self._main).get_by_role("link", name=name, exact=True).first)

    async def press(self, name: str, within: Locator | None = None) -> None:
        """Press a button of the page itself, or of a part that is named."""
        await self._use((within or self._main).get_by_role("button", name=name, exact=True).first)

    async def unfold(self, summary: Locator) -> None:
        """Open what a summary hides."""
        await self._reach(summary)
        await self._activate(summary)
        await self.look()
        assert await summary.evaluate("element => element.parentElement.open")

    async def pick(self, label: str) -> None:
        """Check a box, or one of some that exclude each other."""
        target = self._main.get_by_label(label).first
        await self._reach(target)
        if not self._way.by_keyboard:
            await target.check()
        elif await target.get_attribute("type") == "radio":
            await self.page.keyboard.press("ArrowDown")
        else:
            await self.page.keyboard.press("Space")
        await expect(target).to_be_checked()

    async def choose(self, target: Locator, option: str) -> None:
        """Choose one of a list."""
        await self._reach(target)
        if self._way.by_keyboard:
            await self.page.keyboard.type(option)
        else:
            await target.select_option(option)
        await expect(target.locator("option:checked")).to_have_text(option)

    async def _use(self, target: Locator) -> None:
        await self._reach(target)
        async with self.page.expect_navigation():
            await self._activate(target)
        await self.look()

    async def _activate(self, target: Locator) -> None:
        await (self.page.keyboard.press("Enter") if self._way.by_keyboard else target.click())

    async def _reach(self, target: Locator) -> None:
        await expect(target).to_be_visible()
        await expect(target).to_be_enabled()
        if self._way.by_keyboard:
            await self._tab_to(target)
            assert await self.page.evaluate(_FOCUS_SEEN), f"the focus is not seen on {target} of {self.page.url}"
        else:
            await target.scroll_into_view_if_needed()
        assert await target.evaluate(_REACHED), f"{target} of {self.page.url} is cut off or covered"

    async def _tab_to(self, target: Locator) -> None:
        """Press Tab until it has the focus; of radio buttons, the one that is checked has it for all."""
        for _ in range(MOST_TABS):
            if await target.evaluate(_HAS_FOCUS):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never came to {target} of {self.page.url}")
