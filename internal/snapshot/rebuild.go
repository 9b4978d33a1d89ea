package snapshot

import (
	"path/filepath"
	"strings"
)

// Folders that a package manager or a build makes again. The first kind is never work of a person; the second
// only counts where git ignores it. Neither counts when git tracks anything inside.
var (
	madeAgain = names(`node_modules bower_components __pycache__ .pytest_cache .mypy_cache .ruff_cache .tox .nox
		.gradle .parcel-cache .turbo .eslintcache .nyc_output`)
	madeAgainIfIgnored = names(`.venv venv target dist build out bin obj .next .nuxt .output .svelte-kit .cache coverage
		htmlcov .terraform vendor Pods DerivedData _build deps .dart_tool .stack-work dist-newstyle cmake-build-debug`)
)

func names(list string) map[string]bool {
	m := map[string]bool{}
	for _, n := range strings.Fields(list) {
		m[n] = true
	}
	return m
}

func (c *collector) rebuildable(path string) bool {
	base := filepath.Base(path)
	rel, inside := below(path, c.root)
	if !inside || c.idx != nil && c.idx.holds(rel) {
		return false
	}
	return madeAgain[base] || madeAgainIfIgnored[base] && c.isIgnored(rel)
}

// isIgnored asks git once for all ignored folders.
func (c *collector) isIgnored(rel string) bool {
	if c.idx == nil {
		return false
	}
	if c.ignored == nil {
		c.ignored = map[string]bool{}
		dirs, err := c.repo.List(c.ctx, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
		if err != nil {
			return false // then it is kept
		}
		for _, d := range dirs {
			c.ignored[strings.TrimSuffix(d, "/")] = true
		}
	}
	for ; rel != "." && rel != "/"; rel = filepath.Dir(rel) {
		if c.ignored[rel] {
			return true
		}
	}
	return false
}
