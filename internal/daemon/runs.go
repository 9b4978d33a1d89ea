package daemon

import (
	"net/http"
	"slices"
	"sync"

	"writ/internal/api"
	"writ/internal/verdict"
)

// Bounds of what is remembered of runs.
const (
	maxRuns     = 1000
	maxRefusals = 20
)

// runs keeps the account of each run of `writ claude`.
type runs struct {
	mu    sync.Mutex
	byID  map[string]*api.Run
	order []string
}

func newRuns() *runs { return &runs{byID: map[string]*api.Run{}} }

// with changes a run's account; sessions outside a run have none.
func (rs *runs) with(id string, change func(*api.Run)) {
	if id == "" {
		return
	}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	r := rs.byID[id]
	if r == nil {
		if len(rs.order) >= maxRuns {
			delete(rs.byID, rs.order[0])
			rs.order = rs.order[1:]
		}
		r = &api.Run{ID: id}
		rs.byID[id] = r
		rs.order = append(rs.order, id)
	}
	change(r)
}

func (rs *runs) session(id, session string) {
	rs.with(id, func(r *api.Run) {
		if !slices.Contains(r.Sessions, session) && len(r.Sessions) < maxRuns {
			r.Sessions = append(r.Sessions, session)
		}
	})
}

// decided counts a decision on a call.
func (rs *runs) decided(id string, e verdict.Effect, summary string) {
	rs.with(id, func(r *api.Run) {
		r.Calls++
		switch e {
		case verdict.Allow:
			r.Allowed++
		case verdict.Ask:
			r.Pending++
		default:
			r.Denied++
			refusal(r, summary)
		}
	})
}

// answered counts the end of a question: approved, rejected or expired.
func (rs *runs) answered(id string, how end, summary string) {
	rs.with(id, func(r *api.Run) {
		r.Pending = max(0, r.Pending-1)
		switch how {
		case approved:
			r.Approved++
			return
		case rejected:
			r.Rejected++
		default:
			r.Expired++
		}
		refusal(r, summary)
	})
}

// end is how a question ended.
type end int

const (
	expired end = iota
	rejected
	approved
)

func (rs *runs) incident(id string) { rs.with(id, func(r *api.Run) { r.Incidents++ }) }

// get answers GET /v1/runs/{id}. A run that no call belonged to has an empty account.
func (rs *runs) get(w http.ResponseWriter, r *http.Request) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	out := api.Run{ID: r.PathValue("id")}
	if run := rs.byID[out.ID]; run != nil {
		out = *run
		out.Sessions, out.Refusals = slices.Clone(run.Sessions), slices.Clone(run.Refusals)
	}
	reply(w, out)
}

func refusal(r *api.Run, summary string) {
	if len(r.Refusals) >= maxRefusals {
		r.Refusals = r.Refusals[1:]
	}
	r.Refusals = append(r.Refusals, summary)
}
