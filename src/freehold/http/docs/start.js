// The viewer knows OpenAPI 3.0 by name only; what this document takes from 3.1 it shows all the same.
fetch("openapi.json")
  .then((answer) => answer.json())
  .then((document) => {
    window.ui = SwaggerUIBundle({
      spec: { ...document, openapi: "3.0.3" },
      dom_id: "#swagger-ui",
      deepLinking: true,
      persistAuthorization: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      validatorUrl: null,
    });
  });
