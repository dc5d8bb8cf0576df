from shop import serve
