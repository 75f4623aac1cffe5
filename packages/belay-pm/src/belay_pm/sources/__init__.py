"""How a folder, a repository, an archive, an index, a bundle or a plain address is reached."""
