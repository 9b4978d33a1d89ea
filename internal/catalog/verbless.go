package catalog

// verbless are programs whose plain words are operands or other programs, not subcommands: for them only a
// first word --help counts as asking for help.
var verbless = func() map[string]bool {
	m := nameSet(`awk gawk mawk sed grep rg echo printf perl ruby php lua node nodejs deno bun java python python3 python2 pypy ipython npx bunx uvx pipx npm pnpm yarn make gmake just task cargo go
		docker podman nerdctl kubectl oc aws-vault op doppler infisical ssh docker-compose vagrant nix nix-shell poetry uv pdm hatch rye pipenv conda mamba micromamba chamber bundle rake mise asdf direnv dotenv`)
	for _, table := range []map[string]program{filePrograms, wrapperPrograms, shellPrograms, tracerPrograms, remotePrograms} {
		for name := range table {
			m[name] = true
		}
	}
	return m
}()
