"""The command ``rules``: how an account makes listings of products: price, stock, description, mappings."""

from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from mmhub_desktop.cli.face import Face, opened, run, table
from mmhub_desktop.cli.work import chosen_accounts
from mmhub_desktop.domain.forbidden_words import read_words
from mmhub_desktop.domain.listing_rules import ListingRules, read_decimal, to_form
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.price_rule import Rate, Rounding
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.workspace import Workspace

_ACCOUNT = click.option("--account", help="Account label or number; not needed where there is only one.")


@click.group()
def rules() -> None:
    """Price, stock and description of an account's listings, and its mappings of categories and attributes."""


@rules.command()
@_ACCOUNT
@click.pass_obj
def show(face: Face, account: str | None) -> int:
    """Show the rules of an account."""
    return _with_account(face, account, lambda workspace, chosen: _show(face, workspace, chosen))


@rules.command()
@_ACCOUNT
@click.option("--factor", help="Times the product's price, as 1.15.")
@click.option("--add", "addition", help="Plus this, in the account's currency; may be negative.")
@click.option("--rounding", type=click.Choice([each.value for each in Rounding]), help="Always up.")
@click.option("--margin", help="At least so many percent on the cost, after the fee; “none” for no floor.")
@click.option("--fee", help="What the marketplace takes, in percent of the price.")
@click.option("--rate", help="EUR:PLN:4.25 (and :2026-11-20 where it is not of today); “none” for no rate.")
@click.pass_obj
def price(face: Face, /, account: str | None, **given: str | None) -> int:
    """Change the price rule; what is not named stays."""
    return _change(face, account, lambda old: replace(old, price=_price(old, given)))


@rules.command()
@_ACCOUNT
@click.option("--keep-back", type=int, help="So many pieces are never offered.")
@click.option("--at-most", type=int, help="No more than so many are shown; 0 for all.")
@click.pass_obj
def stock(face: Face, account: str | None, keep_back: int | None, at_most: int | None) -> int:
    """Change the stock buffer; what is not named stays."""

    def changed(old: ListingRules) -> ListingRules:
        back = old.stock.keep_back if keep_back is None else keep_back
        most = old.stock.at_most if at_most is None else (at_most or None)
        return replace(old, stock=replace(old.stock, keep_back=back, at_most=most))

    return _change(face, account, changed)


@rules.command()
@_ACCOUNT
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--none", "clear", is_flag=True, help="No template: descriptions stay as the products have them.")
@click.pass_obj
def template(face: Face, account: str | None, file: Path | None, clear: bool) -> int:
    """Take a description template from a text file, with placeholders as {title}, {description}, {attributes}."""
    if (file is None) is not clear:
        raise UserMistake("Name a text file, or --none.", hint="For example: mmhub rules template shop.txt")
    words = "" if file is None else file.read_text(encoding="utf-8")
    return _change(face, account, lambda old: replace(old, template=words))


@rules.command()
@_ACCOUNT
@click.argument("words", nargs=-1)
@click.option("--none", "clear", is_flag=True, help="No word is forbidden.")
@click.pass_obj
def forbid(face: Face, account: str | None, words: tuple[str, ...], clear: bool) -> int:
    """Words that must not be in title, description or keywords, in place of those there were."""
    if bool(words) is clear:
        raise UserMistake("Name the words, or --none.", hint="For example: mmhub rules forbid replica “second hand”")
    return _change(face, account, lambda old: replace(old, forbidden=read_words("\n".join(words))))


@rules.command()
@_ACCOUNT
@click.argument("name")
@click.argument("value", default="")
@click.pass_obj
def default(face: Face, account: str | None, name: str, value: str) -> int:
    """Set an attribute for all products that do not have it; without a value it is taken back."""

    def changed(old: ListingRules) -> ListingRules:
        others = {key: kept for key, kept in old.defaults.items() if key != name}
        return replace(old, defaults=others | ({name: value} if value else {}))

    return _change(face, account, changed)


@rules.command()
@_ACCOUNT
@click.option("--propose", is_flag=True, help="Ask the marketplace what the others could be.")
@click.pass_obj
def categories(face: Face, account: str | None, propose: bool) -> int:
    """List your categories with those of the marketplace they are mapped to."""

    async def work(workspace: Workspace, chosen: Account) -> None:
        desk = workspace.listing_desk
        known = await desk.mappings.of(chosen.marketplace, chosen.site)
        rows: list[dict[str, Any]] = []
        for own in await desk.mappings.own_categories():
            mapped = known.category(own.words)
            found = [] if mapped or not propose else await desk.propose_categories(chosen, own)
            rows.append(
                {"category": own.words, "products": own.products,
                 "theirs": mapped.category_id if mapped else "", "name": mapped.name if mapped else "",
                 "proposals": found}
            )  # fmt: skip

        def words() -> Any:
            if not rows:
                return "The products have no categories."
            return table(
                ("Yours", "Products", "Theirs", "Name"),
                (
                    (row["category"], row["products"], row["theirs"] or "–",
                     row["name"] or "; ".join(f"{one.category_id} {one.name} ({one.why})" for one in row["proposals"]))
                    for row in rows
                ),
            )  # fmt: skip

        face.say(rows, words)

    return _with_account(face, account, work)


@rules.command("map-category")
@_ACCOUNT
@click.argument("ours")
@click.argument("theirs", default="")
@click.option("--name", default="", help="What the marketplace calls it.")
@click.pass_obj
def map_category(face: Face, account: str | None, ours: str, theirs: str, name: str) -> int:
    """Confirm which category of the marketplace one of yours is; without THEIRS it is forgotten."""

    async def work(workspace: Workspace, chosen: Account) -> None:
        await workspace.listing_desk.map_category(chosen, ours, theirs, name)
        face.say({"category": ours, "theirs": theirs}, lambda: f"“{ours}” → {theirs or 'not mapped'}")

    return _with_account(face, account, work)


@rules.command("map-attribute")
@_ACCOUNT
@click.argument("category")
@click.argument("ours")
@click.argument("theirs", default="")
@click.option("--value", nargs=2, help="Also a value of yours and the marketplace's own for it.")
@click.pass_obj
def map_attribute(
    face: Face, account: str | None, category: str, ours: str, theirs: str, value: tuple[str, str] | None
) -> int:
    """Confirm what an attribute (or one value of it) is called in a category of the marketplace."""

    async def work(workspace: Workspace, chosen: Account) -> None:
        desk = workspace.listing_desk
        await desk.map_attribute(chosen, category, ours, theirs or (ours if value else ""))
        if value is not None:
            await desk.map_value(chosen, category, theirs or ours, value[0], value[1])
        about = {"category": category, "ours": ours, "theirs": theirs, "value": value}
        words = f"{value[0]} → {value[1]}" if value else f"{ours} → {theirs or 'not mapped'}"
        face.say(about, lambda: words)

    return _with_account(face, account, work)


@rules.command()
@_ACCOUNT
@click.argument("sku")
@click.pass_obj
def explain(face: Face, account: str | None, sku: str) -> int:
    """Show what a product's listing is made from, and where each value comes from."""

    async def work(workspace: Workspace, chosen: Account) -> None:
        product = await workspace.products.by_sku(sku)
        if product is None:
            raise UserMistake(f"There is no product with SKU {sku}.", hint="See “mmhub products”.")
        composed = await workspace.readiness.compose(product.id, chosen.id)
        draft = composed.draft
        values: dict[str, Any] = {
            "title": draft.text.title, "price": draft.price, "quantity": draft.quantity, "category": draft.category_id,
            "condition": draft.condition, "brand": draft.brand, "gtin": draft.gtin,
            **{f"attributes.{name}": value for name, value in draft.attributes.items()},
            "description": draft.text.description,
        }  # fmt: skip
        fields = [
            {"field": name, "value": value, "source": found.source, "words": found.words}
            for name, value in values.items()
            if (found := composed.sources.get(name)) is not None
        ]
        face.say(
            {"sku": product.sku, "fields": fields, "findings": composed.offer.findings},
            lambda: table(
                ("Field", "Value", "From"), ((each["field"], each["value"], each["words"]) for each in fields)
            ),
        )

    return _with_account(face, account, work)


def _price(old: ListingRules, given: dict[str, str | None]) -> Any:
    changes: dict[str, Any] = {
        name: read_decimal(text, name) for name in ("factor", "addition", "fee") if (text := given[name]) is not None
    }
    if (rounding := given["rounding"]) is not None:
        changes["rounding"] = Rounding(rounding)
    if (margin := given["margin"]) is not None:
        changes["margin"] = None if margin == "none" else read_decimal(margin, "margin")
    if (rate := given["rate"]) is not None:
        changes["rate"] = None if rate == "none" else _rate(rate)
    return replace(old.price, **changes)


def _rate(text: str) -> Rate:
    of, currency, factor, *day = text.split(":") if text.count(":") in (2, 3) else ("", "", "")
    try:
        read_on = date.fromisoformat(day[0]) if day else datetime.now(UTC).date()
    except ValueError:
        of = ""
        read_on = date.min
    if not of:
        raise UserMistake(f"“{text}” is not a rate.", hint="For example EUR:PLN:4.25 or EUR:PLN:4.25:2026-11-20.")
    return Rate(of.upper(), currency.upper(), read_decimal(factor, "rate"), read_on)


async def _show(face: Face, workspace: Workspace, chosen: Account) -> None:
    kept = await workspace.listing_desk.rules(chosen.id)
    form = to_form(kept)

    def words() -> Any:
        price, stock = form["price"], form["stock"]
        rate = price.pop("rate")
        rows = [(f"price {name}", "" if value is None else value) for name, value in price.items()]
        rows.append(
            ("price rate", f"{rate['of']} → {rate['currency']} {rate['factor']} of {rate['day']}" if rate else "")
        )
        rows += [("stock kept back", stock["keep_back"]), ("stock shown at most", stock["at_most"] or "all")]
        rows += [(f"default {name}", value) for name, value in kept.defaults.items()]
        rows.append(("description template", kept.template or "none"))
        rows.append(("forbidden words", ", ".join(kept.forbidden) or "none"))
        return table(("Rule", chosen.label), rows)

    face.say(form, words)


def _change(face: Face, account: str | None, change: Any) -> int:
    async def work(workspace: Workspace, chosen: Account) -> None:
        desk = workspace.listing_desk
        await desk.save_rules(chosen.id, change(await desk.rules(chosen.id)))
        await _show(face, workspace, chosen)

    return _with_account(face, account, work)


def _with_account(face: Face, account: str | None, work: Any) -> int:
    async def whole() -> int:
        async with opened(face) as workspace:
            (chosen,) = await chosen_accounts(workspace, (account,) if account else ())
            doing: Coroutine[Any, Any, None] = work(workspace, chosen)
            await doing
        return 0

    return run(whole())
