package audit

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
)

// exporter writes records in one format; each format is one file.
type exporter interface {
	record(r *Record) error
	// end writes what must come last.
	end() error
}

// Formats are the names that Export knows.
var Formats = []string{"jsonl", "csv", "ocsf"}

// Export writes records in a format: "jsonl" (the log's own fields, one object a line), "csv" (one row a
// record, a header first) or "ocsf" (one OCSF API Activity event a line).
func Export(w io.Writer, format string, records iter.Seq2[Record, error]) error {
	out := bufio.NewWriter(w)
	var e exporter
	switch format {
	case "jsonl":
		e = jsonlExport{json.NewEncoder(out)}
	case "csv":
		e = newCSVExport(out)
	case "ocsf":
		e = ocsfExport{json.NewEncoder(out)}
	default:
		return fmt.Errorf("unknown format %q: want one of %v", format, Formats)
	}
	for r, err := range records {
		if err != nil {
			return err
		}
		if err := e.record(&r); err != nil {
			return err
		}
	}
	if err := e.end(); err != nil {
		return err
	}
	return out.Flush()
}

// jsonlExport writes the log's own fields.
type jsonlExport struct{ out *json.Encoder }

func (e jsonlExport) record(r *Record) error { return e.out.Encode(r) }
func (e jsonlExport) end() error             { return nil }
