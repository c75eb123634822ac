"""The words for prices, a line of alternatives for each language; all languages are tried at once.

Japanese puts the amount first, so its words stand in the tables whose names end in ``AFTER``.
"""

from __future__ import annotations

import re

BELOW = (
    r"(?:cheaper|less|lower) th[ae]n|under|below|<",
    r"(?:billiger|günstiger|weniger) als|unter",
    r"menos de|más barat[oa]s? (?:que|de)|por debajo de",
    r"moins de|moins ch[eè]re?s? que|en dessous de|sous(?: les)?",
    r"أقل من|أرخص من|ارخص من|تحت",
)
AT_MOST = (
    r"(?:(?:(?:with|on) )?(?:my|our|the|an?) )?budget(?: is| of|:)?(?: (?:about|around|max(?:imum)?|up to|under))?"
    r"|up to|at most|(?:no|not|nothing) (?:more|pricier|dearer) than|(?:not|nothing) (?:over|above)|≤|<=",
    r"bis zu|höchstens|nicht mehr als|nicht über",
    r"hasta|como máximo|no más de",
    r"jusqu'à|au plus|au maximum|pas plus de",
    r"حتى|بحد أقصى|لا يزيد عن",
)
AT_MOST_WEAK = (
    r"(?:i|we)(?:'ve| have)?(?: only)?(?: have| got)(?: only)?|(?<!air )max\.?(?: price)?|maximum(?: of)?|within|for",
    r"maximal|bis|für",
    r"máximo|por",
    r"pour",
)
ABOVE = (
    r"more (?:expensive )?than|over|above|(?:pricier|dearer) than|>",
    r"über|mehr als|teurer als",
    r"más (?:car[oa]s? )?(?:de|que)|por encima de",
    r"plus (?:ch[eè]re?s? )?(?:de|que)|au-dessus de",
    r"أكثر من|اكثر من|فوق|أغلى من",
)
AT_LEAST = (
    r"at least|(?:no|not) (?:less|cheaper) than|not (?:under|below)|starting (?:at|from)|≥|>=",
    r"mindestens|wenigstens|nicht unter",
    r"al menos|a partir de|como mínimo",
    r"au moins|à partir de",
    r"على الأقل|ابتداء من|لا يقل عن",
)
AT_LEAST_WEAK = (r"from|min\.?|minimum(?: of)?", r"ab|ab", r"desde|mínimo", r"dès")
AROUND_WEAK = (
    r"around|about|roughly|approximately",
    r"circa|ca\.|etwa|ungefähr",
    r"unos|alrededor de",
    r"environ|autour de",
    r"حوالي",
)
AROUND_AFTER = (r"(?:price )?range",)
AT_MOST_AFTER = (
    r"(?:or|and) (?:less|under|below|cheaper)|max(?:imum)?",
    r"oder weniger",
    r"o menos",
    r"ou moins",
    r"أو أقل",
    r"以下|以内|まで",
)
BELOW_AFTER = (r"未満|より安い(?:もの|の)?",)
AT_LEAST_AFTER = (
    r"(?:or|and) (?:more|over|above|up)",
    r"oder mehr",
    r"[yo] más",
    r"(?:et|ou) plus",
    r"أو أكثر",
    r"以上",
)
ABOVE_AFTER = (r"超|より高い(?:もの|の)?",)
CHEAPER = (
    r"(?:(?:much|(?:a )?(?:bit|little)) )?cheaper(?: ones?)?|less expensive(?: ones?)?|(?:at a |for a )?lower price"
    r"|more affordable(?: ones?)?|(?:which (?:one )?is )?(?:the )?cheapest(?: ones?| first)?|sort(?:ed)? by price",
    r"(?:(?:that|this|it|they|these|those|all)(?:'?s| is|'re| are)? )?(?:(?:all|still|way|much|a (?:bit|little)|far) )*"
    r"too (?:expensive|pricey|dear|much money)(?: for me)?",
    r"(?:etwas )?(?:billiger|günstiger)(?:e[rsn]?)?|(?:(?:das|die|der) (?:ist|sind) )?(?:mir )?(?:viel )?zu teuer",
    r"(?:algo )?más (?:barat[oa]s?|económic[oa]s?)|(?:es )?(?:demasiado|muy) car[oa]s?",
    r"moins ch[eè]re?s?|(?:c'est )?trop ch[eè]re?s?",
    r"أرخص|ارخص|غالي(?: جدا)?",
    r"(?:もっと|より)安い(?:もの|の)?|安いの|高(?:すぎる|すぎます|い)",
)
DEARER = (
    r"more expensive(?: ones?)?|pricier|dearer|(?:at a |for a )?higher price",
    r"teurere?[rsn]?",
    r"más car[oa]s?",
    r"plus ch[eè]re?s?",
    r"أغلى",
    r"(?:もっと|より)高い(?:もの|の)?",
)

PRICED = r"(?:(?:(?:that|which) )?(?:is|are|costs?|costing|priced(?: at)?|for|at|por|à|für) )?"
"""What leads to a bound and goes with it: "a bag that costs less than 30"."""
PRICED_JA = r"(?:(?:予算|値段|価格)[はが]? ?|で)?"

SPELLED_AMOUNTS = {
    "ten": 10, "fifteen": 15, "twenty": 20, "twenty-five": 25, "twenty five": 25, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "a hundred": 100, "one hundred": 100,
    "hundred": 100, "two hundred": 200, "five hundred": 500, "a thousand": 1000,
}  # fmt: skip
"""Round amounts; smaller numbers in words count things."""

AGES = re.compile(
    r"(?<!\w)(?:kids?|child(?:ren)?|boys?|girls?|toddlers?|bab(?:y|ies)|teens?|adults?|people|age[ds]?|kinder|niñ[oa]s?"
    r"|enfants?)(?: age[ds]?)?$",
    re.IGNORECASE,
)
"""Before "over 5": years are meant, not money."""

CURRENCY_BEFORE = r"(?:(?:us)?[$€£¥₹]|\b(?:usd|eur|gbp|chf|inr|jpy|rs\.?))"
CURRENCY_AFTER = (
    r"(?:[$€£¥₹円元]|(?:(?:us )?dollars?|bucks|euros?|pounds?|quid|usd|eur|gbp|chf|jpy|inr|yen|francs?|franken"
    r"|rupees?|pesos?"
    r"|dólares?|libras?|دولار(?:ات)?|دولارا|يورو|ريال|درهم|جنيه|دينار)(?!\w)|ドル|ユーロ)"
)
UNIT = (
    r"(?:(?:[cm]?m|km|inch(?:es)?|ft|feet|foot|kg|m?g|lbs?|oz|[mc]?l|lit(?:er|re)s?|w|v|watts?|volts?|mah"
    r"|[gtm]b|px|mp|hz"
    r"|years?|yrs?|months?|weeks?|days?|hours?|min(?:ute)?s?|pieces?|pcs|packs?|people|persons?|percent|colou?rs?|stück"
    r"|jahren?|años?|ans|zoll|pulgadas?|pouces?|سنة|سنوات|سم)(?!\w)|[%°\"″']|[-‐]?inch|歳|個|枚|インチ|センチ)"
)
"""What makes a number no amount of money."""
