package warm

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// serveRegistry serves one package, writ-hello, as a registry of npm packages does, and gives its host and port.
func serveRegistry(t *testing.T) string {
	t.Helper()
	ball := hello(t)
	sum := sha512.Sum512(ball)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /writ-hello", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"name": "writ-hello", "dist-tags": map[string]string{"latest": "1.0.0"}, "versions": map[string]any{
			"1.0.0": map[string]any{"name": "writ-hello", "version": "1.0.0", "bin": map[string]string{"writ-hello": "cli.js"}, "dist": map[string]string{
				"tarball": "http://" + r.Host + "/writ-hello/-/writ-hello-1.0.0.tgz", "integrity": "sha512-" + base64.StdEncoding.EncodeToString(sum[:])}}}})
	})
	mux.HandleFunc("GET /writ-hello/-/writ-hello-1.0.0.tgz", func(w http.ResponseWriter, _ *http.Request) { w.Write(ball) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// hello is the package.
func hello(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	tw := tar.NewWriter(z)
	for _, f := range []struct{ name, text string }{
		{"package/package.json", `{"name":"writ-hello","version":"1.0.0","bin":{"writ-hello":"cli.js"}}`},
		{"package/cli.js", "#!/usr/bin/env node\nconsole.log('hello from a package')\n"},
	} {
		if err := tw.WriteHeader(&tar.Header{Name: f.name, Mode: 0o755, Size: int64(len(f.text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := tw.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
