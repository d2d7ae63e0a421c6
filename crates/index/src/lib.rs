//! The search index in memory: postings, columns, orders, facets, and its snapshot on disk. Knows no database.
