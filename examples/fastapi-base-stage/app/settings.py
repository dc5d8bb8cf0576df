"""Settings, read from HARBOUR_* environment variables."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a deployment may change."""

    model_config = SettingsConfigDict(env_prefix="HARBOUR_")

    environment: str = "development"
    database_url: str = "sqlite:///./harbour.db"


settings = Settings()
