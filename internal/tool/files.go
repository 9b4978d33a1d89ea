package tool

import (
	"fmt"

	"writ/internal/effect"
)

// pathOf finds the path among the fields that tools use for one.
func (c *call) pathOf() (string, error) {
	p := c.in.optional("file_path", "notebook_path", "path")
	if p == "" {
		return "", fmt.Errorf(`the input has no "file_path"`)
	}
	c.out.Summary = c.tool + " " + oneLine(p)
	return p, nil
}

func (c *call) write() error {
	path, err := c.pathOf()
	if err != nil {
		return err
	}
	var flags []string
	if c.tool == "Write" {
		flags = []string{"truncate"}
	}
	c.add(c.file(effect.FSWrite, path, flags...))
	return nil
}

func (c *call) readFile() error {
	path, err := c.pathOf()
	if err != nil {
		return err
	}
	c.add(c.file(effect.FSRead, path))
	return nil
}

// list is for tools that show names only.
func (c *call) list() error {
	dir := c.in.optional("path")
	if dir == "" {
		dir = c.env.Cwd
	}
	c.out.Summary = c.tool + " " + oneLine(dir+" "+c.in.optional("pattern"))
	c.add(c.file(effect.FSList, dir))
	return nil
}

// grep reads what it searches. A folder counts as itself: what lies below it is not known here.
func (c *call) grep() error {
	dir := c.in.optional("path")
	if dir == "" {
		dir = c.env.Cwd
	}
	c.out.Summary = c.tool + " " + oneLine(c.in.optional("pattern")+" in "+dir)
	c.add(c.file(effect.FSRead, dir, "recursive"))
	if glob := c.in.optional("glob"); glob != "" && c.in.optional("output_mode") == "content" {
		c.add(c.file(effect.FSRead, dir+"/"+glob, "glob"))
	}
	return nil
}
