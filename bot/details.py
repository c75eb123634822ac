"""What somebody says of the products in a form, read and checked once for every chat."""

from __future__ import annotations

from collections.abc import Mapping

from bot.request import AddProducts
from core.errors import UserError
from core.ingest.price import NotAPrice, Price, parse_price
from core.words import Words


class Mistakes(UserError):
    """What is wrong with a form; as an error it tells of the first field.

    Attributes:
        fields: field → what to write there.
    """

    def __init__(self, wrong: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(*next(iter(wrong.values())))
        self.fields = {name: advice for name, (_, advice) in wrong.items()}


def details(title: str, price: str, category: str, link: str, words: Words) -> AddProducts:
    """The products' details, as they were written.

    Raises:
        Mistakes: the price is no price, or the link no address.
    """
    wrong: dict[str, tuple[str, str]] = {}
    amount = Price()
    try:
        amount = parse_price(price)
    except NotAPrice:
        wrong["price"] = (words("chat.not_a_price", price=price), words("chat.bad_price"))
    url = link.strip()
    if url and not url.startswith(("http://", "https://")):
        wrong["link"] = (words("chat.not_a_link"), words("chat.bad_link"))
    if wrong:
        raise Mistakes(wrong)
    return AddProducts(title.strip(), amount.amount, amount.currency, category.strip(), url)
