"""The package's version; that of the whole project."""
__version__ = "0.1.0"
