// The part of the library that the page uses; it has no types of its own.
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  export interface SentRequest {
    url: string;
    headers: Record<string, string>;
  }
  interface Options {
    domNode: HTMLElement;
    spec: object;
    deepLinking: boolean;
    docExpansion: "none" | "list" | "full";
    defaultModelsExpandDepth: number;
    displayRequestDuration: boolean;
    filter: boolean;
    tryItOutEnabled: boolean;
    validatorUrl: string | null;
    persistAuthorization: boolean;
    requestInterceptor: (request: SentRequest) => Promise<SentRequest>;
  }
  export default function SwaggerUI(options: Options): unknown;
}
