"""A few families of Paris with their categories and attributes."""

from dataclasses import dataclass, field

from mmhub_desktop.practice.state import Json

STORE_PRICES: list[Json] = [
    {"id": "8678fdf5-86f9-4530-aaee-dd67b9843976", "name": "Precio Paris", "channel": {"name": "Paris.cl"}},
    {"id": "0b7d7c1e-5d0c-4f5e-9a53-0c8f1f0a7e11", "name": "Precio Easy", "channel": {"name": "Easy.cl"}},
]
PRICE_TYPES: list[Json] = [
    {"id": "6503baaf-16d0-4590-a4d6-494719593a12", "name": "Precio"},
    {"id": "c25aaf10-fd85-416d-b2bd-d64ffa174ba7", "name": "Precio oferta"},
]
CANCELLATION_REASONS: list[Json] = [{"id": "1", "name": "Sin stock"}, {"id": "2", "name": "Producto dañado"}]


@dataclass(frozen=True)
class Attribute:
    """``listed`` options are part of the attribute's own answer; those of long lists have a call of their own."""

    id: str
    name: str
    kind: str = "string"
    required: bool = False
    options: tuple[str, ...] = ()
    listed: bool = True

    def option_rows(self) -> list[Json]:
        """Its options with ids."""
        return [{"id": f"{self.id}-op{n}", "name": name} for n, name in enumerate(self.options, 1)]

    def row(self) -> Json:
        """As the API shows it."""
        about = {"isRequired": self.required, "attributeType": {"code": self.kind}}
        options = self.option_rows() if self.listed else []
        family = [{"attributeValidation": about}]
        return {"id": self.id, "name": self.name, "familyAttributes": family, "attributeOptions": options}


@dataclass(frozen=True)
class Family:
    """One template of attributes."""

    id: str
    name: str
    categories: tuple[tuple[str, str, str], ...]  # id, name, path
    product: tuple[Attribute, ...]
    variant: tuple[Attribute, ...]
    allow_variant: bool = False
    by_id: dict[str, Attribute] = field(default_factory=dict)


_COLORS = ("Negro", "Blanco", "Azul", "Rojo", "Verde", "Gris", "Café", "Plateado", "Naranjo")
_MATERIALS = ("Aluminio", "Cerámica", "Vidrio", "Plástico", "Algodón", "Cuero", "Madera", "Acero inoxidable")
_COUNTRIES = (
    "Alemania", "Argentina", "Austria", "Bangladesh", "Bélgica", "Bolivia", "Brasil", "Bulgaria", "Camboya", "Canadá",
    "Chile", "China", "Colombia", "Corea del Sur", "Dinamarca", "Ecuador", "Egipto", "España", "Estados Unidos",
    "Filipinas", "Finlandia", "Francia", "Grecia", "Hungría", "India", "Indonesia", "Irlanda", "Italia", "Japón",
    "Malasia", "México", "Países Bajos", "Perú", "Polonia", "Portugal", "Reino Unido", "Suecia", "Suiza", "Tailandia",
    "Taiwán", "Turquía", "Uruguay", "Vietnam",
)  # fmt: skip


def _product(number: int) -> tuple[Attribute, ...]:
    head = f"at{number:03d}"
    return (
        Attribute(f"{head}-marca", "Marca", required=True),
        Attribute(f"{head}-larga", "Descripción Larga/Emocional", required=True),
        Attribute(f"{head}-corta", "Descripción corta", required=True),
        Attribute(f"{head}-modelo", "Modelo"),
        Attribute(f"{head}-material", "Material", "list", options=_MATERIALS),
        Attribute(f"{head}-pais", "País de origen", "list", options=_COUNTRIES, listed=False),
        Attribute(f"{head}-peso", "Peso", "number"),
    )


def _variant(number: int, *, sized: bool) -> tuple[Attribute, ...]:
    head = f"va{number:03d}"
    color = Attribute(f"{head}-color", "Color", "list", required=sized, options=_COLORS)
    sizes = (*(str(size) for size in range(35, 46)), "S", "M", "L", "XL")
    size = (Attribute(f"{head}-talla", "Talla", "list", required=True, options=sizes),) if sized else ()
    return (color, *size, Attribute(f"{head}-ean", "EAN"))


def _families() -> dict[str, Family]:
    told = (
        ("Iluminación", False, ("Lámparas de escritorio", "Lámparas de pie", "Ampolletas")),
        ("Menaje", False, ("Tazas y mugs", "Platos", "Tablas de picar", "Sartenes", "Botellas")),
        ("Electrodomésticos de cocina", False, ("Hervidores", "Licuadoras", "Tostadores", "Cafeteras")),
        ("Audio", False, ("Audífonos", "Parlantes", "Micrófonos")),
        ("Textil hogar", False, ("Toallas", "Sábanas", "Cortinas", "Cojines")),
        ("Calzado", True, ("Zapatillas", "Botas", "Sandalias")),
        ("Vestuario", True, ("Poleras", "Pantalones", "Polerones", "Chaquetas")),
        ("Accesorios", False, ("Mochilas", "Billeteras", "Relojes", "Lentes de sol")),
        ("Muebles", False, ("Escritorios", "Sillas", "Estantes")),
        ("Juguetes", False, ("Bloques", "Peluches", "Rompecabezas")),
        ("Deportes", False, ("Colchonetas", "Mancuernas", "Carpas", "Bicicletas")),
        ("Belleza", False, ("Cremas", "Perfumes", "Secadores de pelo")),
        ("Computación", False, ("Teclados", "Mouse", "Notebooks", "Cargadores")),
    )
    found = {}
    for number, (name, allows, categories) in enumerate(told, 1):
        family_id = f"fam-{number:03d}"
        rows = tuple((f"cat-{number:03d}-{n}", one, f"{name} > {one}") for n, one in enumerate(categories, 1))
        product, variant = _product(number), _variant(number, sized=allows)
        by_id = {one.id: one for one in (*product, *variant)}
        found[family_id] = Family(family_id, name, rows, product, variant, allows, by_id)
    return found


FAMILIES = _families()
ATTRIBUTES = {one.id: one for family in FAMILIES.values() for one in family.by_id.values()}
