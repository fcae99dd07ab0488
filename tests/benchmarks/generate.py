"""A product file of any size, always the same for the same number of rows: 12 columns, 3 % bad rows."""

import csv
import random
import sys
from pathlib import Path

HEADER = ("SKU", "Title", "Description", "Price", "Currency", "Quantity", "Brand", "Category", "EAN", "Images",
          "Color", "Material")  # fmt: skip
BAD_EVERY = 100  # of each 100 rows three are bad
_BAD = {7: "no price", 41: "no sku", 83: "ragged"}
_NOUNS = ("Chair", "Lamp", "Camera", "Silla", "Lámpara", "Cámara", "Stuhl", "Leuchte", "Tisch", "Backpack", "Zapato")
_WORDS = ("solid", "light", "foldable", "for outdoor use", "with case", "de madera", "aus Eiche", "wasserdicht",
          "resistente",
          "compact", "hecho a mano", "with 2 year warranty", "für Küche und Bad", "easy to clean")  # fmt: skip
_COLORS = ("red", "azul", "grün", "black", "blanco", "grau")


def generate(path: Path, rows: int) -> None:
    """Write ``rows`` products, about 375 bytes each, as UTF-8 CSV."""
    chance = random.Random(20_261)
    sentences = [" ".join(chance.choices(_WORDS, k=9)) + "." for _ in range(400)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            noun = _NOUNS[number % len(_NOUNS)]
            row = [
                f"AB-{number:07d}",
                f"{noun} {chance.choice(_WORDS)} {chance.choice(_WORDS)} model {number}",
                chance.choice(sentences) + ("\n" if number % 10 == 0 else " ") + chance.choice(sentences),
                f"{chance.randrange(100, 500_000) / 100:.2f}",
                "EUR",
                str(chance.randrange(0, 500)),
                f"Brand {number % 97}",
                f"Home > {noun}",
                f"40{number:011d}",
                f"https://img.example/{number}/1.jpg|https://img.example/{number}/2.jpg",
                _COLORS[number % 6],
                "wood" if number % 3 else "steel, painted",
            ]
            bad = _BAD.get(number % BAD_EVERY)
            if bad == "no price":
                row[3] = "on request"
            elif bad == "no sku":
                row[0] = ""
            elif bad == "ragged":
                row = row[:9]
            writer.writerow(row)


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]))
