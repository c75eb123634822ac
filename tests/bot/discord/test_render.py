"""Messages stay within Discord's limits whatever titles hold, and nothing in them is markup."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.asked import Asked
from bot.discord import layout, markup, render, render_catalogue
from bot.discord.invite import address
from bot.discord.layout import Upload
from bot.discord.payloads import Inbound, Ticket, load
from bot.discord.permissions import NEEDED, invite
from bot.discord.render import Pictures
from bot.failures import Failure
from bot.request import AddProducts, MoreLike, Vote
from bot.results import Found, Imported
from core.errors import ConfigurationError, Unavailable
from core.models import Answer, Hit, IngestReport, Item, Query, Ranking, Skipped, Tenant
from core.settings import DiscordSettings
from core.words import Sentence, Words, locales
from tests.fakes.discord_world import walk, wrong

SHOP = Tenant("discord", "1")
NASTY = "@everyone <@123> **bold** [x](http://evil.example) https://evil.example `code` \n# heading ||" + " _long_" * 60


def found(count: int, title: str = NASTY, reason: str = NASTY * 5) -> Found:
    """An answer whose every text is as bad as it can be."""
    items = [
        Item(SHOP, f"{number:064x}", title, 9.5, "EUR", "phone case " * 9, f"https://shop.example/{'x' * 150}")
        for number in range(count)
    ]
    hits = tuple(Hit(item, 0.5) for item in items)
    ranking = Ranking(tuple(range(count)), reason, model="m")
    own = tuple(
        Item(SHOP, str(number) * 64, title, 9.5, "EUR", url=f"https://shop.example/{number}") for number in range(5)
    )
    answer = Answer(Query(SHOP, text=NASTY), hits, ranking, b"jpeg", more=True, itself=own)
    return Found("0123456789abcdef", answer)


@pytest.mark.parametrize("locale", locales())
@pytest.mark.parametrize("count", [0, 1, 9, 25])
async def test_an_answer_is_within_the_limits_whatever_it_holds(count: int, locale: str) -> None:
    pictures = (
        Pictures(Upload("pick.jpg", b"x", NASTY * 9), Upload("panorama.jpg", b"x", NASTY * 9)) if count else Pictures()
    )
    said = tuple([NASTY] * 12)
    message = render.found(found(count), Words(locale), pictures, asked=Asked(5, NASTY), remarks=said, key="k")
    assert wrong(message.view().to_components(), [each.name for each in message.uploads]) == []
    assert all(len(file.description or "") <= layout.ALT for file in message.files())


@pytest.mark.parametrize("count", [0, 2])
async def test_the_product_itself_is_told_above_the_matches(count: int) -> None:
    (box,) = render.found(found(count, "[Mug] @everyone"), Words(), Pictures(), key="k").view().to_components()
    said = [each["content"] for each in walk([box]) if "content" in each]
    linked = "**[\\[Mug\\] @\u2060everyone](https://shop.example/{})** (€9.50)"
    assert said[0] == f"Your photo is in the catalogue: {', '.join(map(linked.format, range(3)))} and 2 more."
    assert ("Nothing else in the catalogue fits." in said) == (count == 0)


async def test_the_box_carries_the_requests_mark() -> None:
    (box,) = render.found(found(2), Words(), Pictures(), key="discord:1:2").view().to_components()
    assert box["id"] == layout.mark("discord:1:2")
    (line,) = render.note("Looking…", "discord:1:2").view().to_components()
    assert (line["type"], line["id"]) == (10, layout.mark("discord:1:2"))


async def test_a_failure_is_within_the_limits() -> None:
    message = render.failure(Failure(NASTY * 20, NASTY * 20, "abc234"), Words())
    assert wrong(message.view().to_components(), []) == []
    assert "abc234" in str([each.get("content") for each in walk(message.view().to_components())])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold**", r"\*\*bold\*\*"),
        ("[a](b)", r"\[a\]\(b\)"),
        ("<@123>", "\\<@\u2060123\\>"),
        ("@everyone", "@\u2060everyone"),
        ("https://a.example", "https:\u2060//a.example"),
        ("# heading", r"\# heading"),
        ("- item", "\u2060- item"),
        ("1. item", "\u20601. item"),
        ("||spoiler||", r"\|\|spoiler\|\|"),
        ("C:\\", "C:\\\\"),
        (":smile: at 12:30", r"\:smile: at 12:30"),
    ],
)
def test_foreign_text_shows_as_itself(text: str, shown: str) -> None:
    assert markup.escape(text) == shown


def test_a_cut_never_leaves_half_an_escape() -> None:
    for limit in range(4, 40):
        cut = markup.escape_within("*" * 50, limit)
        assert len(cut) <= limit
        assert cut == r"\*" * ((len(cut) - 1) // 2) + "…"


def test_what_somebody_wrote_is_read_without_its_markup() -> None:
    said = markup.parse("<@1000> <@&5> like <https://a.example/x.jpg>, see https://b.example/y.png). <:smile:12> <#4>")
    assert said.words == "like , see"
    assert said.urls == ("https://a.example/x.jpg", "https://b.example/y.png")


def test_only_plain_addresses_become_links() -> None:
    assert markup.link("javascript:alert(1)", "x") == "x"
    assert markup.link("https://a.example/(b)", "x") == "[x](https://a.example/%28b%29)"


@pytest.mark.parametrize("intent", [MoreLike("a", "b"), Vote("a", up=True), AddProducts(title="Mug", price=2.5)])
def test_a_request_comes_back_from_what_was_kept_of_it(intent: MoreLike | Vote | AddProducts) -> None:
    asked = Inbound(1, 2, 3, "discord:2:9", 9, intent=intent, ticket=Ticket(4, "secret", 5.0, 6))
    assert load(asked.dump()) == asked
    assert "secret" not in repr(asked)


def test_the_application_is_read_out_of_the_token() -> None:
    assert "client_id=1000&" in address(DiscordSettings(token=SecretStr("MTAwMA==.fake.token")))
    with pytest.raises(ConfigurationError, match="no Discord token"):
        address(DiscordSettings())


def test_the_invitation_asks_for_what_is_needed_and_no_more() -> None:
    url = invite(1000)
    wanted = int(url.partition("permissions=")[2].partition("&")[0])
    assert wanted.bit_count() == len(NEEDED)
    assert not wanted & (1 << 3)


def test_skipped_files_that_find_no_room_are_counted() -> None:
    skipped = tuple(Skipped(f"{number}.jpg", "It is no picture.") for number in range(9))
    shown = str(
        render_catalogue.imported(Imported(IngestReport(skipped=skipped), 3), Words(), None).view().to_components()
    )
    assert "3.jpg" in shown
    assert "5 more" in shown


def test_a_report_says_why_it_ended_early() -> None:
    report = IngestReport(added=1, stopped=Unavailable(Sentence("outage.index_full"), "Make room."))
    shown = str(render_catalogue.imported(Imported(report, 9), Words("fr"), None).view().to_components())
    assert "est plein. Make room." in shown
