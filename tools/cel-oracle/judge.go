package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/admission"
	plugincel "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/client-go/kubernetes/scheme"
)

// One request to the API server, of "somebody" where no name is given.
type request struct {
	Object      json.RawMessage `json:"object"`
	OldObject   json.RawMessage `json:"oldObject"`
	Operation   string          `json:"operation"`
	Subresource string          `json:"subresource"`
	Username    string          `json:"username"`
}

// Who may do what no policy asks for.
var nobody = authorizer.AuthorizerFunc(func(context.Context, authorizer.Attributes) (authorizer.Decision, string, error) {
	return authorizer.DecisionNoOpinion, "", nil
})

type decision struct {
	Message string `json:"message"`
	// The policy could not be evaluated: a fault of the policy, not of the object.
	IsError bool `json:"isError,omitempty"`
}

type compiled struct {
	policy    *admissionv1.ValidatingAdmissionPolicy
	validator validating.Validator
}

// Compiles as the API server does when a policy is made: with what CEL knows in that version of Kubernetes, and not more.
func compileAll(policies []*admissionv1.ValidatingAdmissionPolicy, minor string) ([]compiled, []string) {
	known, err := version.ParseGeneric(minor)
	if err != nil {
		return nil, []string{err.Error()}
	}
	var all []compiled
	var errors []string
	for _, policy := range policies {
		one, faults := compile(policy, known)
		all = append(all, one)
		for _, fault := range faults {
			errors = append(errors, fmt.Sprintf("%s: %s", policy.Name, fault))
		}
	}
	return all, errors
}

func compile(policy *admissionv1.ValidatingAdmissionPolicy, known *version.Version) (compiled, []string) {
	var faults []string
	compiler, err := plugincel.NewCompositedCompiler(environment.MustBaseEnvSet(known))
	if err != nil {
		return compiled{policy: policy, validator: validating.NewValidator(nil, nil, nil, nil, nil, err)}, []string{err.Error()}
	}
	withAuthorizer := plugincel.OptionalVariableDeclarations{HasAuthorizer: true}
	plain := plugincel.OptionalVariableDeclarations{}
	mode := environment.NewExpressions

	for _, variable := range policy.Spec.Variables {
		accessor := &validating.Variable{Name: variable.Name, Expression: variable.Expression}
		if result := compiler.CompileAndStoreVariable(accessor, withAuthorizer, mode); result.Error != nil {
			faults = append(faults, fmt.Sprintf("variable %s: %s", variable.Name, result.Error.Detail))
		}
	}
	check := func(accessor plugincel.ExpressionAccessor, options plugincel.OptionalVariableDeclarations) {
		if result := compiler.CompileCELExpression(accessor, options, mode); result.Error != nil {
			faults = append(faults, fmt.Sprintf("%s: %s", accessor.GetExpression(), result.Error.Detail))
		}
	}
	var conditions, validations, messages []plugincel.ExpressionAccessor
	for i := range policy.Spec.MatchConditions {
		condition := (*matchconditions.MatchCondition)(&policy.Spec.MatchConditions[i])
		check(condition, withAuthorizer)
		conditions = append(conditions, condition)
	}
	for _, validation := range policy.Spec.Validations {
		condition := &validating.ValidationCondition{Expression: validation.Expression, Message: validation.Message, Reason: validation.Reason}
		check(condition, withAuthorizer)
		validations = append(validations, condition)
		if validation.MessageExpression == "" {
			messages = append(messages, nil)
			continue
		}
		message := &validating.MessageExpressionCondition{MessageExpression: validation.MessageExpression}
		check(message, plain)
		messages = append(messages, message)
	}
	var matcher matchconditions.Matcher
	if len(conditions) > 0 {
		matcher = matchconditions.NewMatcher(
			compiler.CompileCondition(conditions, withAuthorizer, mode), policy.Spec.FailurePolicy, "policy", "validate", policy.Name)
	}
	validator := validating.NewValidator(
		compiler.CompileCondition(validations, withAuthorizer, mode),
		matcher,
		compiler.CompileCondition(nil, withAuthorizer, mode),
		compiler.CompileCondition(messages, plain, mode),
		policy.Spec.FailurePolicy,
		nil)
	return compiled{policy: policy, validator: validator}, faults
}

func includes(list []string, wanted string) bool {
	for _, one := range list {
		if one == wanted || one == "*" {
			return true
		}
	}
	return false
}

func matches(rules []admissionv1.NamedRuleWithOperations, gvr schema.GroupVersionResource, given request, name string) bool {
	resource := gvr.Resource
	if given.Subresource != "" {
		resource += "/" + given.Subresource
	}
	for _, rule := range rules {
		var operations []string
		for _, operation := range rule.Operations {
			operations = append(operations, string(operation))
		}
		if includes(rule.APIGroups, gvr.Group) && includes(rule.APIVersions, gvr.Version) && includes(rule.Resources, resource) &&
			includes(operations, given.Operation) && (len(rule.ResourceNames) == 0 || includes(rule.ResourceNames, name)) {
			return true
		}
	}
	return false
}

func decode(text json.RawMessage) (runtime.Object, *schema.GroupVersionKind, error) {
	if len(text) == 0 || string(text) == "null" {
		return nil, nil, nil
	}
	object, gvk, err := scheme.Codecs.UniversalDeserializer().Decode(text, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	object.GetObjectKind().SetGroupVersionKind(*gvk)
	return object, gvk, nil
}

func (o *oracle) judge(given request) (map[string]decision, error) {
	object, gvk, err := decode(given.Object)
	if err != nil {
		return nil, err
	}
	old, oldKind, err := decode(given.OldObject)
	if err != nil {
		return nil, err
	}
	if gvk == nil {
		gvk = oldKind
	}
	if gvk == nil {
		return nil, fmt.Errorf("neither object nor oldObject is given")
	}
	gvr, _ := meta.UnsafeGuessKindToResource(*gvk)
	named := object
	if named == nil {
		named = old
	}
	if given.Username == "" {
		given.Username = "somebody"
	}
	accessor, err := meta.Accessor(named)
	if err != nil {
		return nil, err
	}
	var options runtime.Object = &metav1.CreateOptions{}
	if given.Operation == "UPDATE" {
		options = &metav1.UpdateOptions{}
	}
	attributes := admission.NewAttributesRecord(object, old, *gvk, accessor.GetNamespace(), accessor.GetName(), gvr, given.Subresource,
		admission.Operation(given.Operation), options, false, &user.DefaultInfo{Name: given.Username})
	versioned := &admission.VersionedAttributes{
		Attributes: attributes, VersionedKind: *gvk, VersionedObject: object, VersionedOldObject: old}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: accessor.GetNamespace()}}

	found := map[string]decision{}
	for _, one := range o.compiled {
		constraints := one.policy.Spec.MatchConstraints
		if !matches(constraints.ResourceRules, gvr, given, accessor.GetName()) ||
			matches(constraints.ExcludeResourceRules, gvr, given, accessor.GetName()) {
			continue
		}
		result := one.validator.Validate(context.Background(), gvr, versioned, nil, namespace, celconfig.RuntimeCELCostBudget, nobody)
		var messages []string
		isError := false
		for _, decided := range result.Decisions {
			if decided.Action == validating.ActionDeny {
				messages = append(messages, decided.Message)
				isError = isError || decided.Evaluation == validating.EvalError
			}
		}
		if len(messages) > 0 {
			found[one.policy.Name] = decision{Message: strings.Join(messages, "; "), IsError: isError}
		}
	}
	return found, nil
}
