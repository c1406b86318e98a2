"""The local server: a SPARQL 1.1 Protocol endpoint, and pages for people.

The server's own process speaks HTTP and looks at no data; workers, processes that can be ended at
any time, look at the data and make whole answers. Knows nothing of the command line.
"""
