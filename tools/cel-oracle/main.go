// Command cel-oracle judges objects by ValidatingAdmissionPolicies as the API server does. It reads one JSON object a line:
//
//	{"policies": [...], "version": "1.33"}         the policies that hold from here on
//	{"check": {...}}                               a policy to check against the types of what it judges
//	{"object": {...}, "operation": "CREATE", ...}  a request
//
// and writes one line for each: {"errors"} for policies, {"warnings"} for a check, {"decisions"} for a request, by policy, without those
// that admit; {"unreadable"} for an object that the API server could not read.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	admissionv1 "k8s.io/api/admissionregistration/v1"
)

type line struct {
	Policies []*admissionv1.ValidatingAdmissionPolicy `json:"policies"`
	Version  string                                   `json:"version"`

	Check *admissionv1.ValidatingAdmissionPolicy `json:"check"`

	request
}

type answer struct {
	Errors     []string            `json:"errors,omitempty"`
	Warnings   []string            `json:"warnings,omitempty"`
	Decisions  map[string]decision `json:"decisions,omitempty"`
	Unreadable string              `json:"unreadable,omitempty"`
}

type oracle struct {
	compiled []compiled
	types    *types
}

func (o *oracle) answer(text []byte) answer {
	var given line
	if err := json.Unmarshal(text, &given); err != nil {
		return answer{Unreadable: err.Error()}
	}
	switch {
	case given.Policies != nil:
		var errors []string
		o.compiled, errors = compileAll(given.Policies, given.Version)
		return answer{Errors: errors}
	case given.Check != nil:
		return answer{Warnings: o.types.check(given.Check)}
	default:
		decisions, err := o.judge(given.request)
		if err != nil {
			return answer{Unreadable: err.Error()}
		}
		return answer{Decisions: decisions}
	}
}

func main() {
	known := oracle{types: newTypes()}
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 64*1024*1024)
	output := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(output)
	for input.Scan() {
		if err := encoder.Encode(known.answer(input.Bytes())); err != nil {
			fail(err)
		}
	}
	if err := input.Err(); err != nil {
		fail(err)
	}
	if err := output.Flush(); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
