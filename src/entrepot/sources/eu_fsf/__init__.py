"""European Union: the consolidated list of persons and entities under its financial sanctions."""
