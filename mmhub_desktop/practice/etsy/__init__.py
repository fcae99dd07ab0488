"""The practice Etsy, written from the published description and the fact sheet."""
