package modelapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
)

// maxBody bounds what a client may send; real requests stay near 200 kB.
const maxBody = 32 << 20

// ServeHTTP answers POST /v1/messages and /v1/messages/count_tokens; everything else is 404, which
// clients tolerate.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/v1/messages/count_tokens":
		reply(w, http.StatusOK, map[string]int{"input_tokens": 100})
	case r.Method == http.MethodPost && r.URL.Path == "/v1/messages":
		s.messages(w, r)
	default:
		refuse(w, http.StatusNotFound, "not_found_error", r.Method+" "+r.URL.Path)
	}
}

func (s *Server) messages(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "request_too_large", err.Error())
		return
	}
	req, err := parse(r.Header, data)
	if err != nil {
		refuse(w, http.StatusBadRequest, "invalid_request_error", err.Error())
		return
	}
	turn := Turn{Text: "ok"} // side calls: titles, summaries, classifiers
	if len(req.Tools) > 0 {
		turn = s.next(req)
	}
	if turn.Before != nil {
		turn.Before(req)
	}
	switch {
	case turn.Status != 0:
		refuse(w, turn.Status, "api_error", "scripted failure")
	case req.stream:
		stream(w, req.Model, turn)
	default:
		reply(w, http.StatusOK, whole(req.Model, turn))
	}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may have gone
}

func refuse(w http.ResponseWriter, status int, kind, msg string) {
	reply(w, status, map[string]any{"type": "error", "error": map[string]string{"type": kind, "message": msg}})
}

// whole is a turn as one message.
func whole(model string, t Turn) map[string]any {
	content := []any{}
	if t.Text != "" {
		content = append(content, map[string]any{"type": "text", "text": t.Text})
	}
	for _, c := range t.Calls {
		content = append(content, map[string]any{"type": "tool_use", "id": c.ID, "name": c.Name, "input": c.Input})
	}
	m := opening(model)
	m["content"], m["stop_reason"] = content, stop(t)
	return m
}

// messages counts answers: a client merges messages of one id into one, so each gets its own.
var messages atomic.Int64

func opening(model string) map[string]any {
	return map[string]any{
		"id": fmt.Sprintf("msg_%06d", messages.Add(1)), "type": "message", "role": "assistant", "model": model, "content": []any{},
		"stop_reason": nil, "stop_sequence": nil, "usage": map[string]int{"input_tokens": 100, "output_tokens": 1},
	}
}

func stop(t Turn) string {
	if len(t.Calls) > 0 {
		return "tool_use"
	}
	return "end_turn"
}

// stream sends a turn as server-sent events, a tool's input in two pieces as a real model does.
func stream(w http.ResponseWriter, model string, t Turn) {
	w.Header().Set("Content-Type", "text/event-stream")
	send := func(kind string, v map[string]any) {
		v["type"] = kind
		data, _ := json.Marshal(v) // maps of plain values and the script's own input
		fmt.Fprintf(w, "event: %s\ndata: %s\n\n", kind, data)
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
	}
	n := 0
	piece := func(start map[string]any, deltas ...map[string]any) {
		send("content_block_start", map[string]any{"index": n, "content_block": start})
		for _, d := range deltas {
			send("content_block_delta", map[string]any{"index": n, "delta": d})
		}
		send("content_block_stop", map[string]any{"index": n})
		n++
	}
	send("message_start", map[string]any{"message": opening(model)})
	if t.Text != "" {
		piece(map[string]any{"type": "text", "text": ""}, map[string]any{"type": "text_delta", "text": t.Text})
	}
	for _, c := range t.Calls {
		input, err := json.Marshal(c.Input)
		if err != nil {
			send("error", map[string]any{"error": map[string]string{"type": "api_error", "message": err.Error()}})
			return
		}
		half := len(input) / 2
		piece(map[string]any{"type": "tool_use", "id": c.ID, "name": c.Name, "input": map[string]any{}},
			map[string]any{"type": "input_json_delta", "partial_json": string(input[:half])},
			map[string]any{"type": "input_json_delta", "partial_json": string(input[half:])})
	}
	send("message_delta", map[string]any{"delta": map[string]any{"stop_reason": stop(t), "stop_sequence": nil}, "usage": map[string]int{"output_tokens": 10}})
	send("message_stop", map[string]any{})
}
