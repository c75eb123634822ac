"""Messages that are one command as a whole: the next page, starting over, and small talk."""

from __future__ import annotations

from core.refine.text import is_one_of, whole

NEXT = (
    r"next(?: (?:page|ones?|\d+|nine|results?))?|(?:(?:show|give|see)(?: me)? )?(?:some |the |any "
    r"|even )?(?:more|next|others?)"
    r"(?: (?:ones?|results|options|matches|of (?:them|those|these)|\d+))?|(?:show me )?(?:different|other) ones?"
    r"|(?:any|some)thing else|what else(?: (?:is there|do you have))?|keep going"
    r"|(?:(?:show|give|see)(?: me)? )?(?:\d{1,2}|a few|a couple(?: of)?|some) more",
    r"(?:no,? )?(?:none|not any|not one) of (?:these|those|them)|not (?:like )?(?:these|those)(?: ones?)?"
    r"|i (?:do not|don'?t) (?:really )?(?:like|love|want) (?:these|those|them|any(?: of (?:these|those|them))?)"
    r"|(?:(?:some|any)thing |(?:show me )?ones? )?(?:completely |totally |very )?different",
    r"nichts davon|keine?[rs]? davon|(?:et)?was (?:anderes|ganz anderes)|ningun[oa](?: de (?:est[oa]s|ell[oa]s))?"
    r"|otra cosa|aucune?(?: de ceux-ci)?|autre chose|لا شيء من هذا|شيء آخر|どれも違う|違うもの",
    r"weiter|nächste(?: seite)?|(?:noch |zeige?(?: mir)? )?mehr(?: (?:zeigen|ergebnisse|davon))?|andere",
    r"siguientes?|página siguiente|(?:mostrar|ver|muéstrame )?más(?: resultados)?|(?:mostrar|ver|muéstrame) más"
    r"|otr[oa]s",
    r"suivante?s?|page suivante|plus(?: de résultats)?|encore|(?:voir|montre(?:z)?-moi) plus|(?:d')?autres",
    r"التالي|التالية|الصفحة التالية|المزيد|أكثر|غيرها",
    r"次|次へ|次のページ|次の(?:もの)?|もっと|もっと見る|もっと見せて|他の|他には|ほかの|続き",
)
START_OVER = (
    r"start (?:over|again|anew|from scratch)|reset(?: everything| all)?|(?:a )?new search|begin again"
    r"|from scratch|clear(?: all)?|undo|(?:go )?back(?: to (?:the )?(?:start|beginning|first(?: one)?))?",
    r"(?:noch ?mal )?von vorne?(?: anfangen)?|neue suche|neu anfangen|zurücksetzen",
    r"(?:empezar|comenzar) de nuevo|nueva búsqueda|reiniciar",
    r"recommencer|nouvelle recherche|réinitialiser",
    r"ابدأ من جديد|من البداية|بحث جديد",
    r"最初から|リセット|新しい検索",
)
SMALL_TALK = (
    r"(?:ok(?:ay)?,? |great,? |no,? )?(?:many )?(?:thanks?|thank you|thx|ty|cheers)(?: (?:so much|a lot"
    r"|very much|you|bot|all))?",
    r"ok(?:ay)?|yes|yep|yeah|no|nope|nah|cool|nice(?: one)?|great|perfect|awesome|amazing|wow|lol|(?:ha)+|h+m+"
    r"|sure|good|love it"
    r"|i (?:like|love) (?:it|this|that)|(?:(?:that'?s|this is|that is|very|so|looks|it'?s) )+(?:great|nice|good"
    r"|perfect|cool|cute|awesome)"
    r"|never ?mind|forget it|good (?:job|bot|one)|well done|hi|hello|hey|bye|good morning",
    r"(?:vielen )?danke?(?: (?:schön|dir|sehr))?|super|toll|prima|ja|nein|hallo|tschüss",
    r"(?:muchas )?gracias|genial|perfecto|vale|sí|hola|adiós",
    r"merci(?: beaucoup)?|parfait|d'accord|oui|non|bonjour|salut|génial",
    r"شكرا(?: جزيلا)?|شكرًا|ممتاز|نعم|لا|مرحبا",
    r"ありがとう(?:ございます)?|いいね|はい|いいえ|すごい|こんにちは",
)
OPINION = (
    r"(?:i(?:'ll| will| do not| don'?t)|i (?:take|buy|pick|choose|hate)|(?:all |way |much |a bit |far )*too"
    r"|(?:that|this|it|they|these|those)(?:'?s|'re| is| are)|how much|what'?s|tell me|compare)(?!\w).*",
)
"""What people also say to each other about what they see."""


def is_opinion(text: str) -> bool:
    """Whether the message may as well be meant for somebody else in the thread."""
    return whole(OPINION).fullmatch(text) is not None


def is_next(text: str) -> bool:
    """Whether the message asks for the next page."""
    return is_one_of(text, NEXT)


def is_start_over(text: str) -> bool:
    """Whether the message asks to begin again."""
    return is_one_of(text, START_OVER)


def is_small_talk(text: str) -> bool:
    """Whether the message holds nothing to search by: thanks, a greeting, an emoji."""
    return not any(character.isalnum() for character in text) or is_one_of(text, SMALL_TALK)
