"""The migrations lead to exactly the models."""

from callcenter.migrate import differences


def test_a_migrated_database_equals_the_models(database_url: str) -> None:
    assert differences(database_url) == []
