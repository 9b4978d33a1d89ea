package tool

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"writ/internal/effect"
)

const (
	maxSkill    = 256 << 10 // bytes read of a skill's file
	maxInline   = 64        // inline commands read of one skill
	skillPlaces = 8         // files looked at for one name
)

// inlineShell is !`command` in a skill or command file: the host runs it without any tool call.
var inlineShell = regexp.MustCompile("!`([^`]+)`")

// fencedShell is a block that opens with ```! and runs as a whole.
var fencedShell = regexp.MustCompile("(?s)```!\\s*\n(.*?)```")

// mention is @path in a skill file: the host puts the file's content into the prompt.
var mention = regexp.MustCompile(`(?m)(?:^|\s)@([\w./~-]+)`)

// skill reads the file of the skill for what the host itself would run and read when it starts.
func (c *call) skill() error {
	name := c.in.optional("skill", "command")
	if name == "" {
		return fmt.Errorf(`the input has no "skill"`)
	}
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "/"), " ")
	c.out.Summary = c.tool + " " + oneLine(name)
	c.add(effect.Effect{Kind: effect.AgentControl, Target: c.tool + " " + name})
	text, ok := c.skillText(name)
	if !ok {
		c.unresolved("no file of a skill named " + name + " was found, so what it runs is unknown")
		return nil
	}
	c.inline(text, "skill "+name)
	return nil
}

func (c *call) inline(text, via string) {
	found := append(inlineShell.FindAllStringSubmatch(text, maxInline+1), fencedShell.FindAllStringSubmatch(text, maxInline+1)...)
	if len(found) > maxInline {
		c.unresolved(via+" has too many inline commands", "bound")
		return
	}
	for _, m := range found {
		c.line(m[1], via)
	}
	for _, m := range mention.FindAllStringSubmatch(text, maxInline) {
		c.add(c.file(effect.FSRead, m[1]))
	}
}

// skillText finds the file of a skill or slash command in the project, the home folder and plugins.
func (c *call) skillText(name string) (string, bool) {
	if c.env.Disk == nil || strings.Contains(name, "..") {
		return "", false
	}
	for _, path := range c.skillFiles(name) {
		if text, err := c.env.Disk.ReadFile(path, maxSkill); err == nil {
			return string(text), true
		}
	}
	return "", false
}

func (c *call) skillFiles(name string) []string {
	plugin, bare, namespaced := strings.Cut(name, ":")
	if !namespaced {
		bare = name
	}
	var out []string
	for _, root := range []string{c.env.Project, c.env.Cwd, c.env.Home} {
		if root == "" {
			continue
		}
		dir := filepath.Join(root, ".claude")
		out = append(out, filepath.Join(dir, "skills", bare, "SKILL.md"), filepath.Join(dir, "commands", strings.ReplaceAll(name, ":", "/")+".md"), filepath.Join(dir, "commands", bare+".md"))
	}
	if namespaced && c.env.Home != "" {
		plugins := filepath.Join(c.env.Home, ".claude", "plugins")
		for _, pattern := range []string{"*/*/" + plugin + "/*/skills/" + bare + "/SKILL.md", "*/*/" + plugin + "/skills/" + bare + "/SKILL.md", "*/*/" + plugin + "/*/commands/" + bare + ".md", "*/*/" + plugin + "/commands/" + bare + ".md"} {
			if found, err := c.env.Disk.Glob(filepath.Join(plugins, pattern)); err == nil {
				out = append(out, found[:min(len(found), skillPlaces)]...)
			}
		}
	}
	return out
}
