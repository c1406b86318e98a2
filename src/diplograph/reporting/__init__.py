"""How findings are shown: one file a format, one row each in the table of formats.

Takes a report, gives text; knows neither how findings are made nor where the text goes.
"""
