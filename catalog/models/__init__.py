"""The tables of the catalogue."""

from catalog.models.cards import ProductCard
from catalog.models.categories import Brand, Category
from catalog.models.content import Banner, ContentPage, Storefront
from catalog.models.imports import ImportRun
from catalog.models.pictures import Picture
from catalog.models.prices import Price, PriceList
from catalog.models.products import Product, ProductPicture, Variant
from catalog.models.stock import ExpectedDelivery, LowStockAlert, StockLevel, StockLocation, StockMovement
from catalog.models.types import Attribute, AttributeChoice, ProductType, TypeAttribute

__all__ = [
    "Attribute",
    "AttributeChoice",
    "Banner",
    "Brand",
    "Category",
    "ContentPage",
    "ExpectedDelivery",
    "ImportRun",
    "LowStockAlert",
    "Picture",
    "Price",
    "PriceList",
    "Product",
    "ProductCard",
    "ProductPicture",
    "ProductType",
    "StockLevel",
    "StockLocation",
    "StockMovement",
    "Storefront",
    "TypeAttribute",
    "Variant",
]
