def serve(settings: str, terms: str) -> None:
    print(settings, terms)
