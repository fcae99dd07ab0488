"""Plain marks that tell marketplaces apart where a drawing of their own is not ours to copy: a letter in a frame."""

_FRAMES = {
    "circle": '<circle cx="12" cy="12" r="9.5"/>',
    "square": '<rect x="2.5" y="2.5" width="19" height="19" rx="5"/>',
    "parcel": '<path d="M12 2.2l8.5 4.9v9.8L12 21.8l-8.5-4.9V7.1z"/>',
}


def letter_mark(frame: str, strokes: str) -> str:
    """An SVG drawing for ``Marketplace.icon``: ``strokes`` is path data inside 7 to 17; KeyError for no known frame."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{_FRAMES[frame]}<path d="{strokes}"/></svg>'
    )
