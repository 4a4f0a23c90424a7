// Command psa-oracle judges pods as Kubernetes' own Pod Security admission does. It reads one case a line from standard input,
// {"level", "version", "pod"}, and writes one verdict a line: {"reasons": [...]} with the reason of every check that refuses the pod,
// empty for a pod that is admitted, or {"error"} for one that the API server could not read.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type testCase struct {
	Level   string          `json:"level"`
	Version string          `json:"version"`
	Pod     json.RawMessage `json:"pod"`
}

type verdict struct {
	Reasons []string `json:"reasons"`
	Error   string   `json:"error,omitempty"`
}

// A volume without a source is an emptyDir: the API server fills it in before admission.
func setDefaults(pod *corev1.Pod) {
	for i := range pod.Spec.Volumes {
		if pod.Spec.Volumes[i].VolumeSource == (corev1.VolumeSource{}) {
			pod.Spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
}

func judge(evaluator policy.Evaluator, line []byte) verdict {
	var given testCase
	if err := json.Unmarshal(line, &given); err != nil {
		return verdict{Error: err.Error()}
	}
	level, err := api.ParseLevel(given.Level)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	version, err := api.ParseVersion(given.Version)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	var pod corev1.Pod
	if err := json.NewDecoder(bytes.NewReader(given.Pod)).Decode(&pod); err != nil {
		return verdict{Error: err.Error()}
	}
	setDefaults(&pod)
	reasons := []string{}
	for _, result := range evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: version}, &pod.ObjectMeta, &pod.Spec) {
		if !result.Allowed {
			reasons = append(reasons, result.ForbiddenReason)
		}
	}
	return verdict{Reasons: reasons}
}

func main() {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 16*1024*1024)
	output := json.NewEncoder(os.Stdout)
	for input.Scan() {
		if err := output.Encode(judge(evaluator, input.Bytes())); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if err := input.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
