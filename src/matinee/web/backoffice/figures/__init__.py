"""Figures: sales, returns for distributors, payments, tax. Each as a page, CSV and PDF."""
