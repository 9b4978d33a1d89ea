package catalog

import "strings"

// wellKnown are names that others imitate; a name that differs from one of them by a single slip, and is none
// of them, is probably not what was meant. Real packages that lie that near stand in the list themselves.
var wellKnown = setOf(`anthropic anthropic-ai claude claude-dev claude-code openai modelcontextprotocol langchain llamaindex huggingface huggingface-hub transformers copilot cline continue codeium cursor
	requests request urllib3 numpy pandas django djongo matplotlib tensorflow setuptools cryptography selenium beautifulsoup4 pillow boto3 botocore scikit-learn sqlalchemy pydantic fastapi uvicorn pytest
	express lodash typescript webpack axios commander eslint tslint prettier electron mongoose puppeteer playwright dotenv nodemon nestjs angular typescript-eslint testing-library storybook vercel aws-sdk
	google-cloud microsoft cross-env discord.js socket.io body-parser bootstrap jquery svelte tailwindcss vite vitest python gitlens`)

// lookalike tells whether a package's name, its scope or an extension's name imitates a well-known one.
func lookalike(name string) bool {
	name = strings.ToLower(stripVersion(name))
	scope, rest, scoped := strings.Cut(strings.TrimPrefix(name, "@"), "/")
	if scoped && strings.HasPrefix(name, "@") {
		return imitates(scope) || !wellKnown[scope] && imitates(rest)
	}
	if publisher, ext, ok := strings.Cut(name, "."); ok && !strings.Contains(ext, ".") && !wellKnown[name] {
		return imitates(ext) || imitates(publisher)
	}
	return imitates(name)
}

func imitates(name string) bool {
	if len(name) < 5 || wellKnown[name] {
		return false
	}
	for known := range wellKnown {
		if len(known) >= 5 && max(len(known), len(name)) >= 6 && abs(len(known)-len(name)) <= 1 && oneSlip(name, known) {
			return true
		}
	}
	return false
}

func abs(n int) int { return max(n, -n) }

// oneSlip tells whether a becomes b by one letter more, fewer, other or swapped with its neighbour.
func oneSlip(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	ra, rb := a[i:], b[i:]
	switch {
	case ra == "" && rb == "":
		return false
	case len(ra) == len(rb):
		return ra[1:] == rb[1:] || len(ra) > 1 && ra[0] == rb[1] && ra[1] == rb[0] && ra[2:] == rb[2:]
	case len(ra) > len(rb):
		return ra[1:] == rb
	}
	return ra == rb[1:]
}
