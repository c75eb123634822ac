"""The commands, once for every platform: add, import, remove, list, stats, help."""

from __future__ import annotations

import asyncio
import re
import tempfile
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bot import attachments
from bot.downloads import Downloader
from bot.latest import Latest
from bot.request import (
    AddProducts,
    Attachment,
    ImportProducts,
    Intent,
    ListProducts,
    RemoveProducts,
    Request,
    ShowHelp,
    ShowStats,
)
from bot.results import Figures, Help, Imported, Listing, Removed, Result
from core.catalog import Catalog
from core.errors import LookalikeError, UserError
from core.ingest import Ingester, IngestProgress, names
from core.ingest.entries import Details
from core.ingest.sources import open_uploads
from core.ingest.uploads import Upload
from core.models import IngestReport, Skipped, Tenant
from core.settings import Settings
from core.words import Words

OnProgress = Callable[[IngestProgress], Awaitable[None]]

_ADD = re.compile(
    r"\b(add|save|put)\b.{0,40}\bcatalog(ue)?\b|^\s*add\s*$"
    r"|\b(in den|zum|dem) katalog\b|^\s*hinzufügen\s*$"
    r"|\b(añad|agreg|guard|mete)\w*\b.{0,40}\bcatálogo\b|^\s*añadir\s*$"
    r"|\b(ajout|enregistr|met)\w*\b.{0,40}\bcatalogue\b|^\s*ajouter\s*$"
    r"|(أضف|اضف|أضيف|احفظ|ضع).{0,40}الكتالوج|^\s*(أضف|اضف)\s*$"
    r"|カタログに(追加|登録|入れ)|^\s*追加\s*$",
    re.IGNORECASE | re.DOTALL,
)
"""A line for each language."""
_COMMANDS: tuple[tuple[Intent, str], ...] = (
    (ShowHelp(), "help ? hilfe ayuda aide مساعدة ヘルプ"),
    (ShowStats(), "stats statistics statistik estadísticas statistiques إحصاءات احصاءات إحصائيات 統計"),
    (ListProducts(), "list catalog catalogue liste katalog lista catálogo قائمة القائمة الكتالوج 一覧 カタログ"),
)
_WORDS = {word: intent for intent, words in _COMMANDS for word in words.split()}


def interpret(text: str, *, files: bool) -> Intent | None:
    """The command that plain words stand for, in any of the languages, or None: then they are a wish.

    ``help``, ``stats`` and ``list`` alone; "add these to the catalogue" together with files.
    """
    if files:
        return AddProducts() if _ADD.search(text) else None
    return _WORDS.get(text.strip().strip(".!。！").casefold())


class Commands:
    """Runs the commands. Who may run which is :mod:`bot.gating`'s."""

    def __init__(self, catalog: Catalog, ingester: Ingester, settings: Settings, downloader: Downloader) -> None:
        self._catalog = catalog
        self._ingester = ingester
        self._settings = settings
        self._downloader = downloader

    async def run(self, request: Request, on_progress: OnProgress) -> Result:
        """Run the request's command.

        Raises:
            UserError: the asker can mend it.
            Unavailable: a store is down.
        """
        match request.intent:
            case AddProducts() as intent:
                return await self._add(request, request.attachments or request.replied, intent, on_progress)
            case ImportProducts(url):
                return await self._add(request, [self._downloader.attachment(url)], AddProducts(), on_progress)
            case RemoveProducts(items):
                return await asyncio.to_thread(self._remove, request, items)
            case ListProducts() as intent:
                return await asyncio.to_thread(listing, self._catalog, request.tenant, intent)
            case ShowStats():
                return Figures(await asyncio.to_thread(self._catalog.stats, request.tenant))
            case ShowHelp():
                return Help(request.manager, tuple(await asyncio.to_thread(self._catalog.categories, request.tenant)))
            case _:
                raise TypeError(f"{type(request.intent).__name__} is no command")

    async def _add(
        self, request: Request, files: Sequence[Attachment], details: AddProducts, on_progress: OnProgress
    ) -> Imported:
        words = Words(request.locale)
        if not files:
            raise UserError(words("failure.no_files"), words("failure.not_understood_advice"))
        with tempfile.TemporaryDirectory(dir=await self._folder(), ignore_cleanup_errors=True) as folder:
            saved = await asyncio.gather(
                *(self._save(each, Path(folder) / str(number), details) for number, each in enumerate(files))
            )
            uploads = [each for each in saved if isinstance(each, Upload)]
            refused = tuple(each for each in saved if isinstance(each, Skipped))
            report = await self._ingest(request.tenant, uploads, on_progress) if uploads else IngestReport()
        return Imported(
            replace(report, skipped=(*refused, *report.skipped)),
            await asyncio.to_thread(self._catalog.count, request.tenant),
        )

    async def _folder(self) -> Path:
        folder = self._settings.data_dir / "uploads"
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        return folder

    async def _save(self, attachment: Attachment, path: Path, details: AddProducts) -> Upload | Skipped:
        kind = names.suffix(attachment.name)
        bundle = kind in names.ARCHIVES or kind in names.MANIFESTS
        limit = self._settings.ingest.max_archive_bytes if bundle else self._settings.images.max_bytes
        try:
            saved = await attachments.save(attachment, path, limit)
        except LookalikeError as error:
            return Skipped(attachment.name, error.reason, error.advice)
        return Upload(attachment.name, saved, None if bundle else _details(details))

    async def _ingest(self, tenant: Tenant, uploads: Sequence[Upload], on_progress: OnProgress) -> IngestReport:
        """Run the ingest in a thread; when this task is cancelled, it ends after the batches in hand."""
        cancel = threading.Event()
        latest = Latest[IngestProgress]()

        def run() -> IngestReport:
            source = open_uploads(uploads, self._settings)
            try:
                return self._ingester.run(source, tenant, latest.put, cancel)
            finally:
                source.close()

        work = asyncio.ensure_future(asyncio.to_thread(run))
        teller = asyncio.create_task(latest.tell(on_progress))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            cancel.set()
            await work
            raise
        finally:
            teller.cancel()

    def _remove(self, request: Request, prefixes: Sequence[str]) -> Removed:
        ids = [self._catalog.find_id(request.tenant, prefix) for prefix in prefixes]
        items = self._catalog.get_many(request.tenant, ids)
        self._catalog.remove(request.tenant, ids)
        return Removed(tuple(items.values()), self._catalog.count(request.tenant))


def listing(catalog: Catalog, tenant: Tenant, wanted: ListProducts) -> Listing:
    """A page of the catalogue; blocks."""
    found = catalog.list(tenant, wanted.offset, wanted.limit + 1, wanted.filters, wanted.text)
    return Listing(
        tuple(found[: wanted.limit]),
        more=len(found) > wanted.limit,
        catalogue=catalog.count(tenant),
        offset=wanted.offset,
        limit=wanted.limit,
        text=wanted.text,
        filters=wanted.filters,
    )


def _details(said: AddProducts) -> Details | None:
    """What the person said about the pictures, or None for nothing: then known products keep what they have."""
    details = Details(said.title, said.price, said.currency, said.category, said.url, said.tags, said.metadata)
    return None if details == Details() else details
