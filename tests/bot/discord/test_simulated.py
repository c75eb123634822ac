"""Ways to ask, in a Discord that nobody here wrote: the package simcord."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle
from simcord.env import Env

from bot.discord.adapter import assemble
from bot.discord.client import Client
from core.models import Tenant
from tests.bot.discord.conftest import answer, rooms, sizes, stock, text
from tests.bot.house import House, png

RED, BLUE = ("red.png", png("red")), ("blue.png", png("blue", (40, 60)))


@dataclass
class Scene:
    """A server with a channel, Ann who may manage it, and Ben who may not."""

    house: House
    client: Client
    env: Env
    guild: GuildHandle
    channel: ChannelHandle
    ann: MemberActor
    ben: MemberActor

    @property
    def me(self) -> str:
        assert self.client.user is not None
        return f"<@{self.client.user.id}>"

    def answers(self, channel: ChannelHandle) -> list[discord.Message]:
        """The bot's messages."""
        assert self.client.user is not None
        return [
            each for each in channel.history() if each.author.id == self.client.user.id and each.flags.components_v2
        ]

    def thread(self, post: discord.Message) -> ChannelHandle:
        (found,) = [each for each in self.channel.threads if each.id == post.id]
        return found


@pytest.fixture
async def behind(tmp_path: Path) -> AsyncIterator[tuple[House, Client]]:
    async with rooms(tmp_path, message_content=True) as made:
        yield made


@pytest.fixture
def simcord_bot(behind: tuple[House, Client]) -> Client:
    """Whom simcord runs."""
    return behind[1]


@pytest.fixture
def scene(behind: tuple[House, Client], simcord_env: Env) -> Scene:
    house, client = behind
    guild = simcord_env.create_guild()
    channel = guild.create_text_channel("general")
    managers = guild.create_role("Buyers", permissions=discord.Permissions(manage_guild=True))
    ann = guild.add_member(simcord_env.create_user("ann"), roles=[managers])
    ben = guild.add_member(simcord_env.create_user("ben"))
    stock(house, Tenant("discord", str(guild.id)))
    return Scene(house, client, simcord_env, guild, channel, ann, ben)


async def test_a_mention_with_a_photo_is_answered_in_a_thread_of_its_own(scene: Scene) -> None:
    post = await scene.ben.send(scene.channel, f"{scene.me} find a mug like this", attachments=[RED])
    (found,) = scene.answers(scene.thread(post))
    assert [each.filename for each in found.attachments] == ["pick.jpg", "panorama.jpg"]
    assert "My pick" in text(found)
    assert sizes(scene.house.searched[0]) == [(64, 48)]
    assert str(scene.me) not in scene.house.searched[0].text


async def test_a_direct_message_needs_no_mention_and_is_answered_in_place(scene: Scene) -> None:
    user = scene.env.create_user("cleo")
    stock(scene.house, Tenant("discord", f"dm-{user.id}"))
    await user.send_dm("a red mug")
    (found,) = scene.answers(user.dm_channel)
    assert "My pick" in text(found)


async def test_a_follow_up_in_the_thread_needs_no_mention_and_small_talk_gets_no_answer(scene: Scene) -> None:
    post = await scene.ben.send(scene.channel, f"{scene.me} like this", attachments=[RED])
    thread = scene.thread(post)
    await scene.ben.send(thread, "cheaper than 13")
    assert len(scene.answers(thread)) == 2
    assert scene.house.searched[-1].filters.max_price == pytest.approx(13)
    await scene.ann.send(thread, "lunch at one?")
    assert len(scene.answers(thread)) == 2


async def test_a_reply_with_the_mention_searches_the_photo_above_it(scene: Scene) -> None:
    photo = await scene.ann.send(scene.channel, "my mug", attachments=[BLUE])
    post = await scene.ben.send(scene.channel, f"{scene.me} something like this", reply_to=photo)
    assert len(scene.answers(scene.thread(post))) == 1
    assert sizes(scene.house.searched[0]) == [(40, 60)]


async def test_find_takes_a_photo_words_and_limits(scene: Scene) -> None:
    result = await scene.ben.slash(scene.channel, "find", photo=RED, text="mugs", category="mug", max_price=15.0)
    assert result.acknowledged
    assert "My pick" in answer(result)
    (query,) = scene.house.searched
    assert sizes(query) == [(64, 48)]
    assert query.filters.categories == ("mug",)
    assert query.filters.max_price == pytest.approx(15)


async def test_categories_are_offered_while_somebody_types(scene: Scene) -> None:
    offered = await scene.ben.autocomplete(scene.channel, "find", "category", "mu")
    assert [each["value"] for each in offered] == ["mug"]


async def test_the_message_menu_searches_any_messages_pictures(scene: Scene) -> None:
    photo = await scene.ann.send(scene.channel, "my mug", attachments=[BLUE])
    result = await scene.ben.context_menu(scene.channel, "Find similar", photo)
    assert "My pick" in answer(result)
    assert sizes(scene.house.searched[0]) == [(40, 60)]


async def test_buttons_work_after_a_restart(scene: Scene) -> None:
    post = await scene.ben.send(scene.channel, f"{scene.me} like this", attachments=[RED])
    thread = scene.thread(post)
    ask = scene.house.history.last(f"discord:{scene.guild.id}:{post.id}")
    assert ask is not None
    place = scene.house
    again = assemble(place.settings, place.catalog, place.history, place.handler, place.downloader, shard_count=1)
    await scene.env.restart_bot(again)
    found = scene.answers(thread)[0]
    result = await scene.ben.click(found, custom_id=f"find.next:{ask.id}")
    assert "My pick" in answer(result)
    assert set(place.searched[-1].shown) >= {each.id for each in ask.items}


async def test_refine_opens_a_form_with_the_present_words(scene: Scene) -> None:
    post = await scene.ben.send(scene.channel, f"{scene.me} a blue mug", attachments=[RED])
    found = scene.answers(scene.thread(post))[0]
    ask = scene.house.history.last(f"discord:{scene.guild.id}:{post.id}")
    assert ask is not None
    shown = await scene.ben.click(found, custom_id=f"find.refine:{ask.id}")
    assert "a blue mug" in json.dumps(shown.modal)
    result = await scene.ben.submit_modal(shown, {"words": "a green mug"})
    assert "green mug" in answer(result)
    assert scene.house.searched[-1].text == "a green mug"
    assert sizes(scene.house.searched[-1]) == [(64, 48)]


async def test_more_like_one_of_them_is_chosen_from_a_menu(scene: Scene) -> None:
    post = await scene.ben.send(scene.channel, f"{scene.me} like this", attachments=[RED])
    found = scene.answers(scene.thread(post))[0]
    ask = scene.house.history.last(f"discord:{scene.guild.id}:{post.id}")
    assert ask is not None
    chosen = ask.items[2].id
    result = await scene.ben.select(found, custom_id=f"find.more:{ask.id}", values=[chosen])
    assert "More like" in answer(result)
    assert scene.house.searched[-1].like == (chosen,)


async def test_a_forwarded_picture_is_searched_where_the_bot_is_written_to(scene: Scene) -> None:
    photo = await scene.ann.send(scene.channel, "my mug", attachments=[BLUE])
    stock(scene.house, Tenant("discord", f"dm-{scene.ben.id}"))
    await scene.ben.send_dm("hello")
    await scene.ben.forward(photo, scene.ben.user.dm_channel)
    assert sizes(scene.house.searched[-1]) == [(40, 60)]


async def test_the_form_takes_several_files(scene: Scene) -> None:
    shown = await scene.ann.slash(scene.channel, "catalog add")
    result = await scene.ann.submit_modal(shown, {"files": [RED, BLUE], "title": "Mug", "price": "12.50 EUR"})
    assert "2 products added" in answer(result)
    items = scene.house.catalog.list(Tenant("discord", str(scene.guild.id)), 0, 2)
    assert [(each.title, each.price) for each in items] == [("Mug", 12.5), ("Mug", 12.5)]


async def test_a_thumb_is_thanked_for_privately(scene: Scene) -> None:
    post = await scene.ben.send(scene.channel, f"{scene.me} like this", attachments=[RED])
    found = scene.answers(scene.thread(post))[0]
    ask = scene.house.history.last(f"discord:{scene.guild.id}:{post.id}")
    assert ask is not None
    result = await scene.ben.click(found, custom_id=f"find.up:{ask.id}")
    assert result.ephemeral
    assert "thank" in answer(result)


async def test_managers_add_products_and_others_are_refused_privately(scene: Scene) -> None:
    refused = await scene.ben.slash(scene.channel, "catalog add", file=RED, title="Red mug")
    assert refused.ephemeral
    assert "may not change" in answer(refused)
    added = await scene.ann.slash(scene.channel, "catalog add", file=RED, title="Red mug", price="12.50 EUR")
    assert not added.ephemeral
    assert "1 product added" in answer(added)
    newest = scene.house.catalog.list(Tenant("discord", str(scene.guild.id)), 0, 1)[0]
    assert (newest.title, newest.price, newest.currency) == ("Red mug", 12.5, "EUR")


async def test_without_permission_for_threads_the_answer_names_it(scene: Scene) -> None:
    closed = scene.guild.create_text_channel(
        "closed", overwrites={scene.guild.default_role: discord.PermissionOverwrite(create_public_threads=False)}
    )
    await scene.ben.send(closed, f"{scene.me} like this", attachments=[RED])
    (found,) = scene.answers(closed)
    assert "Create Public Threads" in text(found)


async def test_an_arabic_question_is_answered_in_arabic(scene: Scene) -> None:
    await scene.ben.send(scene.channel, f"{scene.me} كوب مثل هذا", attachments=[RED])
    assert scene.house.searched[0].locale == "ar"
